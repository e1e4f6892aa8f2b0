-- WITHOUT ROWID is written by hand: a row then costs one write, and one for each index it is in.
CREATE TABLE `notification_attempt` (
	`project` integer NOT NULL,
	`delivery` text NOT NULL,
	`number` integer NOT NULL,
	`at` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`request` text,
	`response` text,
	`error` text,
	PRIMARY KEY(`project`, `delivery`, `number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `notification_delivery` (
	`project` integer NOT NULL,
	`id` text NOT NULL,
	`destination` text NOT NULL,
	`event` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`tries` integer NOT NULL,
	`due_at` integer NOT NULL,
	`outcome` text,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	PRIMARY KEY(`project`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `notification_delivery_once` ON `notification_delivery` (`project`,`destination`,`event`);--> statement-breakpoint
CREATE INDEX `notification_delivery_due` ON `notification_delivery` (`due_at`) WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX `notification_delivery_at` ON `notification_delivery` (`created_at`);--> statement-breakpoint
CREATE TABLE `notification_destination` (
	`project` integer NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`address` text NOT NULL,
	`credential` text,
	`secrets` text NOT NULL,
	`filter` text NOT NULL,
	`status` text NOT NULL,
	`status_reason` text,
	`failing_since` integer,
	`rev` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`project`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `notification_event` (
	`project` integer NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`type` text NOT NULL,
	`prompt` text,
	`labels` text,
	`data` text NOT NULL,
	`at` integer NOT NULL,
	`fanned_at` integer,
	PRIMARY KEY(`project`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `notification_event_pending` ON `notification_event` (`project`,`at`) WHERE fanned_at IS NULL;--> statement-breakpoint
CREATE INDEX `notification_event_at` ON `notification_event` (`at`);