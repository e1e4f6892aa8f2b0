CREATE TABLE `prompt_reference` (
	`project` text NOT NULL,
	`child` text NOT NULL,
	`kind` text NOT NULL,
	`selector` text NOT NULL,
	`parent` text NOT NULL,
	`parent_version` integer NOT NULL,
	PRIMARY KEY(`project`, `child`, `kind`, `selector`, `parent`, `parent_version`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `prompt_reference_parent` ON `prompt_reference` (`project`,`parent`,`parent_version`);--> statement-breakpoint
ALTER TABLE `deployment` ADD `cause` text;
