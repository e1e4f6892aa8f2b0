-- The kinds of scores that a project uses. The key is the table: an entry is one write.
CREATE TABLE `score_kind` (
	`project` integer NOT NULL,
	`kind` text NOT NULL,
	`used_on` integer NOT NULL,
	PRIMARY KEY(`project`, `kind`)
) WITHOUT ROWID;
