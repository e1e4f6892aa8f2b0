-- WITHOUT ROWID is written by hand: a row then costs one write, and one for each index it is in.
CREATE TABLE `dashboard` (
	`project` integer NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`window` text NOT NULL,
	`panels` text NOT NULL,
	`rev` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`project`, `id`)
) WITHOUT ROWID;
