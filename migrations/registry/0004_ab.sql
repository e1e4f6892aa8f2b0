-- WITHOUT ROWID is written by hand: a row then costs one write.
CREATE TABLE `ab_test` (
	`project` text NOT NULL,
	`prompt` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`definition` text NOT NULL,
	`split` text,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	`outcome` text,
	PRIMARY KEY(`project`, `prompt`, `id`)
) WITHOUT ROWID;
