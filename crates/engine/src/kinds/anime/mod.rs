//! The kind `anime`: a novel becomes a narrated film.
