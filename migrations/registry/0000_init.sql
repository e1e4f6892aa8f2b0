CREATE TABLE `api_key` (
	`hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`project` integer NOT NULL,
	`kind` text NOT NULL,
	`public_key` text,
	`grants` text NOT NULL,
	`label` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`project`) REFERENCES `project`(`num`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `api_key_id` ON `api_key` (`project`,`id`);--> statement-breakpoint
CREATE TABLE `audit` (
	`project` integer NOT NULL,
	`id` text NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`detail` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`project`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `edge_outbox` (
	`document` text PRIMARY KEY NOT NULL,
	`rev` integer NOT NULL,
	`leased_until` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `project` (
	`num` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`settings` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `project_id_unique` ON `project` (`id`);--> statement-breakpoint
CREATE TABLE `deployment` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`label` text NOT NULL,
	`from_version` integer,
	`to_version` integer,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`reason` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `deployment_name` ON `deployment` (`project`,`name`,`at`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`project` text NOT NULL,
	`kind` text NOT NULL,
	`selector` text NOT NULL,
	`name` text NOT NULL,
	`revision` integer NOT NULL,
	`published` integer NOT NULL,
	`put_at` integer NOT NULL,
	`lease` text NOT NULL,
	`leased_until` integer NOT NULL,
	`attempts` integer NOT NULL,
	`asked_at` integer NOT NULL,
	PRIMARY KEY(`project`, `kind`, `selector`, `name`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `outbox_pending` ON `outbox` (`project`,`asked_at`) WHERE revision <> published;--> statement-breakpoint
CREATE TABLE `prompt_label` (
	`project` text NOT NULL,
	`name` text NOT NULL,
	`label` text NOT NULL,
	`version` integer NOT NULL,
	`moved_at` integer NOT NULL,
	PRIMARY KEY(`project`, `name`, `label`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `prompt_label_label` ON `prompt_label` (`project`,`label`);--> statement-breakpoint
CREATE TABLE `prompt_version` (
	`project` text NOT NULL,
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`id` text NOT NULL,
	`commit_message` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`config` text NOT NULL,
	`prompt` text NOT NULL,
	PRIMARY KEY(`project`, `name`, `version`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `prompt_version_id` ON `prompt_version` (`project`,`id`);--> statement-breakpoint
CREATE TABLE `prompt` (
	`project` text NOT NULL,
	`name` text NOT NULL,
	`rev` integer NOT NULL,
	`type` text NOT NULL,
	`tags` text NOT NULL,
	`last_version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`project`, `name`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `price` (
	`project` integer NOT NULL,
	`model` text NOT NULL,
	`valid_from` integer NOT NULL,
	`usd_per_million` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`project`, `model`, `valid_from`)
) WITHOUT ROWID;
