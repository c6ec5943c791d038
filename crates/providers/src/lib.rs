//! Everything that leaves the machine. One file per party, closed enums, no
//! traits; knows neither the store nor the product.

pub mod bus;
pub mod mail;
