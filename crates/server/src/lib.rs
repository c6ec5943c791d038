//! The edge: bytes in, bytes out. Config, boot, HTTP, the socket, the pages;
//! no rule of the product and no SQL.

pub mod auth;
pub mod backup;
pub mod boot;
pub mod config;
pub mod edge;
pub mod gate;
pub mod limits;
pub mod live;
pub mod metrics;
pub mod native;
pub mod problems;
pub mod reply;
pub mod router;
pub mod schema;

mod docs;
mod health;
mod inbox;
mod log;
mod pages;
mod route;
mod serve;
mod web;

pub mod cli;
