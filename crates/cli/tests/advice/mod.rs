//! What underpin says to do helps, and works where it is typed.

mod armed;
mod causes;
mod profile;
mod refused;
mod typed;
