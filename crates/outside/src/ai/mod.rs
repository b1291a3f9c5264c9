//! Providers of scripts, pictures and voices.
