-- WITHOUT ROWID is written by hand: a row then costs one write.
CREATE TABLE `margin` (
	`project` text NOT NULL,
	`prompt` text NOT NULL,
	`by_metric` text NOT NULL,
	PRIMARY KEY(`project`, `prompt`)
) WITHOUT ROWID;
