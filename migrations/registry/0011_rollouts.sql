-- Every check of a rollout that saw something new.
CREATE TABLE `rollout_check` (
	`project` text NOT NULL,
	`rollout` text NOT NULL,
	`at` integer NOT NULL,
	`turned` integer NOT NULL,
	`view` text NOT NULL,
	`inputs` text NOT NULL,
	PRIMARY KEY(`project`, `rollout`, `at`)
) WITHOUT ROWID;
--> statement-breakpoint
-- What happened to a rollout, in order.
CREATE TABLE `rollout_event` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project` text NOT NULL,
	`rollout` text NOT NULL,
	`at` integer NOT NULL,
	`event` text NOT NULL,
	`stage` integer,
	`share` real,
	`reason` text,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rollout_event_of` ON `rollout_event` (`project`,`rollout`);--> statement-breakpoint
-- Rollouts; ended_at null: it splits its label.
CREATE TABLE `rollout` (
	`project` text NOT NULL,
	`id` text NOT NULL,
	`tenant` integer NOT NULL,
	`prompt` text NOT NULL,
	`label` text NOT NULL,
	`control` integer NOT NULL,
	`candidate` integer NOT NULL,
	`state` text NOT NULL,
	`rev` integer NOT NULL,
	`started_at` integer NOT NULL,
	`checked_at` integer,
	`ended_at` integer,
	`start` text NOT NULL,
	`progress` text NOT NULL,
	`last` text,
	PRIMARY KEY(`project`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `rollout_living` ON `rollout` (`project`,`prompt`,`label`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `rollout_due` ON `rollout` (`started_at`) WHERE ended_at IS NULL;--> statement-breakpoint
-- The rollout that steers a split; null for a person's.
ALTER TABLE `prompt_split` ADD `owner` text;