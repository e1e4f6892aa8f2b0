CREATE TABLE `change` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`before` text NOT NULL,
	`after` text
);
--> statement-breakpoint
CREATE TABLE `cursor` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `object` (
	`project` integer NOT NULL,
	`name` text NOT NULL,
	`traces` text NOT NULL,
	`error` text,
	PRIMARY KEY(`project`, `name`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `obs` (
	`project` integer NOT NULL,
	`trace` text NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`start` integer,
	`stop` integer,
	`first` integer,
	`env` text NOT NULL,
	`model` text,
	`prompt` text,
	`version` integer,
	`err` integer NOT NULL,
	`tin` integer,
	`tout` integer,
	`ttot` integer,
	`cost` integer,
	`cost_in` integer,
	`cost_out` integer,
	`dead` integer NOT NULL,
	`at` integer NOT NULL,
	`rev` integer NOT NULL,
	`doc` text NOT NULL,
	PRIMARY KEY(`project`, `trace`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `obs_id` ON `obs` (`project`,`id`);--> statement-breakpoint
CREATE INDEX `obs_version` ON `obs` (`project`,`prompt`,`version`,`start`) WHERE prompt IS NOT NULL;--> statement-breakpoint
CREATE TABLE `trace` (
	`project` integer NOT NULL,
	`id` text NOT NULL,
	`session` text,
	`root_id` text,
	`root` text,
	`dead` integer NOT NULL,
	`at` integer NOT NULL,
	`rev` integer NOT NULL,
	`doc` text NOT NULL,
	PRIMARY KEY(`project`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `trace_session` ON `trace` (`project`,`session`) WHERE session IS NOT NULL;--> statement-breakpoint
CREATE INDEX `trace_root` ON `trace` (`project`,`root_id`) WHERE root_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `score` (
	`project` integer NOT NULL,
	`owner` text NOT NULL,
	`id` text NOT NULL,
	`level` text NOT NULL,
	`obs` text,
	`name` text NOT NULL,
	`source` text NOT NULL,
	`type` text NOT NULL,
	`num` integer,
	`cat` text,
	`dead` integer NOT NULL,
	`at` integer NOT NULL,
	`rev` integer NOT NULL,
	`doc` text NOT NULL,
	PRIMARY KEY(`project`, `owner`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `score_id` ON `score` (`project`,`id`);--> statement-breakpoint
CREATE TABLE `bucket` (
	`level` integer NOT NULL,
	`project` integer NOT NULL,
	`prompt` text NOT NULL,
	`version` integer NOT NULL,
	`slot` integer NOT NULL,
	`env` text NOT NULL,
	`model` text NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`level`, `project`, `prompt`, `version`, `slot`, `env`, `model`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `mark` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project` integer NOT NULL,
	`session` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `session_use` (
	`project` integer NOT NULL,
	`session` text NOT NULL,
	`score` text NOT NULL,
	`prompt` text NOT NULL,
	`version` integer NOT NULL,
	`env` text NOT NULL,
	`model` text NOT NULL,
	`start` integer NOT NULL,
	`name` text NOT NULL,
	`source` text NOT NULL,
	`type` text NOT NULL,
	`num` integer,
	`cat` text,
	PRIMARY KEY(`project`, `session`, `score`, `prompt`, `version`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `session_use_version` ON `session_use` (`project`,`prompt`,`version`,`start`);