CREATE TABLE `prompt_split` (
	`project` text NOT NULL,
	`name` text NOT NULL,
	`label` text NOT NULL,
	`id` text NOT NULL,
	`arms` text NOT NULL,
	`runs` text NOT NULL,
	`started_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	PRIMARY KEY(`project`, `name`, `label`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `delivery_count` (
	`job` text NOT NULL,
	`what` text NOT NULL,
	`count` integer NOT NULL,
	`last_at` integer NOT NULL,
	PRIMARY KEY(`job`, `what`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `reconcile_cursor` (
	`side` text PRIMARY KEY NOT NULL,
	`cursor` text NOT NULL,
	`ran_at` integer NOT NULL
) WITHOUT ROWID;
