CREATE TABLE countersign_replay (
  key TEXT PRIMARY KEY,
  main TEXT NOT NULL,
  token TEXT NOT NULL,
  done INTEGER NOT NULL,
  expires INTEGER NOT NULL
);
CREATE INDEX countersign_replay_expires ON countersign_replay (expires);
