use pqkm_stateful::Reservation;

fn main() {
    let _reservation = Reservation { range: 0..7 };
}
