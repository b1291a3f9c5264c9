//! The rules of the house, read from the manifests, the sources and the papers. Each failure says where, and what to do instead.

mod crates;
mod files;
mod papers;
mod sources;
mod store;
mod stories;
mod surfaces;
