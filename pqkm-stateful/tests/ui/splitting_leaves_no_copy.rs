use pqkm_stateful::Reservation;

fn twice(mut reservation: Reservation) -> (Reservation, Reservation) {
    let rest = reservation;
    (reservation.split(1), rest)
}

fn main() {}
