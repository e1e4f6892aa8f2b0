CREATE TABLE `cohort` (
	`project` integer NOT NULL,
	`prompt` text NOT NULL,
	`rollout` text NOT NULL,
	`stage` integer NOT NULL,
	`start` integer NOT NULL,
	`stop` integer NOT NULL,
	`plan` text NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`project`, `prompt`, `rollout`, `stage`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `obs` ADD `split` text;--> statement-breakpoint
ALTER TABLE `obs` ADD `user_cell` integer;