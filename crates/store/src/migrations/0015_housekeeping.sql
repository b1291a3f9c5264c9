-- What ages out is found by its age: sessions, ended tasks, and pieces of films that can be made again.

CREATE INDEX sessions_by_age ON sessions (expires_at);
CREATE INDEX tasks_aged ON tasks (ended_at, id) WHERE ended_at IS NOT NULL;

-- Pieces that no finished task shows: segments of pictures, and speech.
ALTER TABLE artifacts ADD COLUMN piece {int} NOT NULL DEFAULT 0;
UPDATE artifacts SET piece = 1 WHERE object LIKE '%.mp4' OR object LIKE '%.wav';
CREATE INDEX artifacts_aged ON artifacts (created_at) WHERE piece = 1;
