use pqkm_stateful::Reservation;

fn twice(reservation: &Reservation) -> (Reservation, Reservation) {
    (reservation.clone(), reservation.clone())
}

fn main() {}
