CREATE TABLE `hook_delivery` (
	`source` text NOT NULL,
	`id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`source`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `hook_delivery_at` ON `hook_delivery` (`at`);--> statement-breakpoint
CREATE TABLE `source` (
	`id` text PRIMARY KEY NOT NULL,
	`project` integer NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`auth` text NOT NULL,
	`mapping` text,
	`secrets` text NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	`rev` integer NOT NULL,
	`published` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `source_project` ON `source` (`project`,`id`);