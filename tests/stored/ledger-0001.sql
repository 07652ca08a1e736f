BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE breakers (
	entry VARCHAR(120) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	failures INTEGER NOT NULL, 
	open_until DOUBLE NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (entry, account)
);
CREATE TABLE budgets (
	scope VARCHAR(240) NOT NULL, 
	committed_micro BIGINT NOT NULL, 
	PRIMARY KEY (scope)
);
INSERT INTO "budgets" VALUES('episode why-tea-is-brown',1850000);
CREATE TABLE charges (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	job INTEGER NOT NULL, 
	what VARCHAR(16) NOT NULL, 
	micro BIGINT NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(job) REFERENCES jobs (id)
);
INSERT INTO "charges" VALUES(1,1.79525934633421039576e+09,1,'reserved',900000,'');
INSERT INTO "charges" VALUES(2,1.79525934640976214413e+09,1,'charged',850000,'');
INSERT INTO "charges" VALUES(3,1.79525934640976214413e+09,1,'released',50000,'');
INSERT INTO "charges" VALUES(4,1.79525934643849921232e+09,2,'reserved',400000,'');
INSERT INTO "charges" VALUES(5,1.79525934646206521984e+09,2,'charged',400000,'');
INSERT INTO "charges" VALUES(6,1.79525934649810838699e+09,3,'reserved',600000,'');
INSERT INTO "charges" VALUES(7,1.79525934652599954599e+09,3,'suspected',600000,'');
CREATE TABLE jobs (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	attempt INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	entry VARCHAR(120) NOT NULL, 
	model VARCHAR(200) DEFAULT '' NOT NULL, 
	account VARCHAR(64) DEFAULT '' NOT NULL, 
	episode VARCHAR(200) DEFAULT '' NOT NULL, 
	series VARCHAR(120) DEFAULT '' NOT NULL, 
	run VARCHAR(64) DEFAULT '' NOT NULL, 
	shot INTEGER DEFAULT '0' NOT NULL, 
	day VARCHAR(10) NOT NULL, 
	caps JSON NOT NULL, 
	idempotency_key VARCHAR(120) NOT NULL, 
	ticket JSON, 
	clip JSON, 
	reserved_micro BIGINT DEFAULT '0' NOT NULL, 
	charged_micro BIGINT, 
	kind VARCHAR(32) DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	billed BOOLEAN DEFAULT false NOT NULL, 
	owner VARCHAR(200) DEFAULT '' NOT NULL, 
	lease_until DOUBLE DEFAULT '0' NOT NULL, 
	claimed_at DOUBLE NOT NULL, 
	started_at DOUBLE, 
	ended_at DOUBLE, 
	PRIMARY KEY (id), 
	CONSTRAINT one_attempt UNIQUE ("key", attempt)
);
INSERT INTO "jobs" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,'done','kling-v3','kling-v3','','why-tea-is-brown','','',1,'2026-11-21','["episode why-tea-is-brown"]','rw-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1',NULL,'{"sha256": "1111111111111111111111111111111111111111111111111111111111111111", "media_type": "video/mp4", "size_bytes": 7, "facts": {}}',900000,850000,'','',1,'holder-1',0.0,1.79525934633421039576e+09,NULL,1.79525934640976214413e+09);
INSERT INTO "jobs" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',1,'failed','kling-v3','kling-v3','','why-tea-is-brown','','',2,'2026-11-21','["episode why-tea-is-brown"]','rw-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-1',NULL,NULL,400000,400000,'moderated','blocked',1,'holder-1',0.0,1.79525934643849921232e+09,NULL,1.79525934646206521984e+09);
INSERT INTO "jobs" VALUES(3,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1,'suspect','kling-v3','kling-v3','','why-tea-is-brown','','',3,'2026-11-21','["episode why-tea-is-brown"]','rw-cccccccccccccccccccccccccccccccccccccccc-1',NULL,NULL,600000,NULL,'unknown','no answer',0,'holder-1',0.0,1.79525934649810838699e+09,NULL,1.79525934652599954599e+09);
CREATE UNIQUE INDEX one_live_job ON jobs ("key") WHERE state IN ('claimed', 'starting', 'started');
CREATE INDEX jobs_by_day ON jobs (day);
CREATE INDEX charges_by_time ON charges (at);
COMMIT;
