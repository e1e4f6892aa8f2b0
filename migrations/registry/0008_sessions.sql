CREATE TABLE `dashboard_session` (
	`hash` text PRIMARY KEY NOT NULL,
	`project` integer NOT NULL,
	`key_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`project`) REFERENCES `project`(`num`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
