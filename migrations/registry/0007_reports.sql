-- WITHOUT ROWID is written by hand: a row then costs one write, and one for each index it is in.
CREATE TABLE `report_day_sum` (
	`project` integer NOT NULL,
	`start` integer NOT NULL,
	`stop` integer NOT NULL,
	`prompt` text NOT NULL,
	`version` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`project`, `start`, `stop`, `prompt`, `version`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `report_day` (
	`project` integer NOT NULL,
	`start` integer NOT NULL,
	`stop` integer NOT NULL,
	`passes` integer NOT NULL,
	`after` text,
	PRIMARY KEY(`project`, `start`, `stop`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `report` (
	`id` text PRIMARY KEY NOT NULL,
	`project` integer NOT NULL,
	`kind` text NOT NULL,
	`first_day` text NOT NULL,
	`last_day` text NOT NULL,
	`time_zone` text NOT NULL,
	`state` text NOT NULL,
	`notify` integer NOT NULL,
	`planned_at` integer,
	`aside` text,
	`leased_until` integer NOT NULL,
	`tries` integer NOT NULL,
	`error` text,
	`highlights` text NOT NULL,
	`created_at` integer NOT NULL,
	`ready_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `report_list` ON `report` (`project`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `report_once` ON `report` (`project`,`kind`,`first_day`) WHERE kind <> 'custom';--> statement-breakpoint
CREATE INDEX `report_running` ON `report` (`leased_until`) WHERE state = 'running';--> statement-breakpoint
CREATE TABLE `report_section` (
	`report` text NOT NULL,
	`prompt` text NOT NULL,
	`data` text,
	PRIMARY KEY(`report`, `prompt`)
) WITHOUT ROWID;
