-- What happened to an incident, in order.
CREATE TABLE `incident_event` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project` integer NOT NULL,
	`incident` text NOT NULL,
	`at` integer NOT NULL,
	`event` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`text` text
);
--> statement-breakpoint
CREATE INDEX `incident_event_of` ON `incident_event` (`project`,`incident`);--> statement-breakpoint
-- Stretches of time in which a monitor fired. `evidence` comes last: lists never read its overflow pages.
CREATE TABLE `incident` (
	`project` integer NOT NULL,
	`id` text NOT NULL,
	`monitor` text NOT NULL,
	`monitor_name` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`severity` text NOT NULL,
	`prompt` text,
	`label` text,
	`version` integer,
	`deployment` text,
	`summary` text NOT NULL,
	`muted` integer NOT NULL,
	`opened_at` integer NOT NULL,
	`acknowledged_at` integer,
	`resolved_at` integer,
	`resolution` text,
	`evidence` text NOT NULL,
	PRIMARY KEY(`project`, `id`)
);
--> statement-breakpoint
CREATE INDEX `incident_state` ON `incident` (`project`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `incident_prompt` ON `incident` (`project`,`prompt`,`id`);--> statement-breakpoint
CREATE INDEX `incident_monitor` ON `incident` (`project`,`monitor`,`id`);--> statement-breakpoint
-- Rules that watch a prompt.
CREATE TABLE `monitor` (
	`project` integer NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`prompt` text,
	`rule` text NOT NULL,
	`enabled` integer NOT NULL,
	`mute` text,
	`evaluated_to` integer NOT NULL,
	`due_at` integer NOT NULL,
	`leased_until` integer NOT NULL,
	`rev` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`project`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `monitor_due` ON `monitor` (`due_at`) WHERE enabled = 1;--> statement-breakpoint
-- What monitors remember of each thing that they watch.
CREATE TABLE `monitor_watch` (
	`project` integer NOT NULL,
	`monitor` text NOT NULL,
	`watch` text NOT NULL,
	`version` integer,
	`deployment` text,
	`memory` text NOT NULL,
	`incident` text,
	PRIMARY KEY(`project`, `monitor`, `watch`)
) WITHOUT ROWID;
