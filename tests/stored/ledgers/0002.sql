BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE breakers (
	entry VARCHAR(120) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	failures INTEGER NOT NULL, 
	open_until DOUBLE NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (entry, account)
);
INSERT INTO "breakers" VALUES('veo-3.1','0123abcd',1,1.79529460800426769254e+09,'billing','no credits');
CREATE TABLE budgets (
	scope VARCHAR(240) NOT NULL, 
	committed_micro BIGINT NOT NULL, 
	PRIMARY KEY (scope)
);
INSERT INTO "budgets" VALUES('day 2026-11-21',2900001);
INSERT INTO "budgets" VALUES('episode why-tea-is-brown',2900001);
INSERT INTO "budgets" VALUES('series kitchen-science in 2026-11',2900001);
CREATE TABLE channel_tokens (
	account VARCHAR(240) NOT NULL, 
	version INTEGER NOT NULL, 
	sealed TEXT NOT NULL, 
	access_until DOUBLE, 
	refresh_until DOUBLE, 
	scopes JSON NOT NULL, 
	account_name VARCHAR(200) DEFAULT '' NOT NULL, 
	turn_owner VARCHAR(200) DEFAULT '' NOT NULL, 
	turn_until DOUBLE DEFAULT '0' NOT NULL, 
	changed_at DOUBLE NOT NULL, 
	PRIMARY KEY (account)
);
INSERT INTO "channel_tokens" VALUES('youtube/default',1,'6tWZVWurMzdCPH4VqMpE5uJh1gQeDIL/wMf/IgydH16fXqmD58w9hQYbGIGFoZSmp2GGGQzTZfeEJ65QX26KAxSKlDv1x+FEEFvbPEo986Pe8M3OaCCUwYKT',1795255200.0,NULL,'["upload"]','Tea','',0.0,1.79529370802485227585e+09);
CREATE TABLE channel_uses (
	id INTEGER NOT NULL, 
	place VARCHAR(240) NOT NULL, 
	quota VARCHAR(80) NOT NULL, 
	at DOUBLE NOT NULL, 
	PRIMARY KEY (id)
);
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
INSERT INTO "charges" VALUES(1,1.79529370794718432426e+09,1,'reserved',900000,'');
INSERT INTO "charges" VALUES(2,1.79529370796528196328e+09,1,'charged',850000,'');
INSERT INTO "charges" VALUES(3,1.79529370796528196328e+09,1,'released',50000,'');
INSERT INTO "charges" VALUES(4,1.79529370796965789792e+09,2,'reserved',400000,'');
INSERT INTO "charges" VALUES(5,1.79529370797497224813e+09,2,'charged',400000,'');
INSERT INTO "charges" VALUES(6,1.79529370797675704961e+09,3,'reserved',400000,'');
INSERT INTO "charges" VALUES(7,1.79529370798131918908e+09,3,'released',400000,'');
INSERT INTO "charges" VALUES(8,1.79529370798286747935e+09,4,'reserved',600000,'');
INSERT INTO "charges" VALUES(9,1795293707.98617,4,'suspected',600000,'');
INSERT INTO "charges" VALUES(10,1.79529370798793435097e+09,5,'reserved',500000,'');
INSERT INTO "charges" VALUES(11,1.79529370799268841746e+09,5,'suspected',500000,'');
INSERT INTO "charges" VALUES(12,1795293707.99384,6,'reserved',300000,'');
INSERT INTO "charges" VALUES(13,1.79529370799826145169e+09,7,'reserved',250000,'');
INSERT INTO "charges" VALUES(14,1.79529370800163078306e+09,8,'reserved',1,'');
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
INSERT INTO "jobs" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,'done','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',1,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_a", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_a"}}','{"sha256": "1111111111111111111111111111111111111111111111111111111111111111", "media_type": "video/mp4", "size_bytes": 7, "facts": {}}',900000,850000,'','',1,'old-machine|4711|1795000000|holder-1',0.0,1.79529370794718432426e+09,1.7952937079584271908e+09,1.79529370796528196328e+09);
INSERT INTO "jobs" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',1,'failed','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',2,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_b", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_b"}}',NULL,400000,400000,'moderated','blocked',1,'old-machine|4711|1795000000|holder-1',0.0,1.79529370796965789792e+09,1.79529370797415399555e+09,1.79529370797497224813e+09);
INSERT INTO "jobs" VALUES(3,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',2,'failed','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',2,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-2',NULL,NULL,400000,0,'busy','503',0,'old-machine|4711|1795000000|holder-1',0.0,1.79529370797675704961e+09,NULL,1.79529370798131918908e+09);
INSERT INTO "jobs" VALUES(4,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1,'suspect','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',3,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-cccccccccccccccccccccccccccccccccccccccc-1',NULL,NULL,600000,NULL,'unknown','no answer',0,'old-machine|4711|1795000000|holder-1',0.0,1.79529370798286747935e+09,NULL,1795293707.98617);
INSERT INTO "jobs" VALUES(5,'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',1,'suspect','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',4,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-dddddddddddddddddddddddddddddddddddddddd-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_d", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_d"}}',NULL,500000,NULL,'timed_out','out of time',0,'old-machine|4711|1795000000|holder-1',0.0,1.79529370798793435097e+09,1.79529370799155259131e+09,1.79529370799268841746e+09);
INSERT INTO "jobs" VALUES(6,'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee',1,'started','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',5,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_e", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_e"}}',NULL,300000,NULL,'','',0,'old-machine|4711|1795000000|holder-1',1.79529370799847149851e+09,1795293707.99384,1.79529370799747157094e+09,NULL);
INSERT INTO "jobs" VALUES(7,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',1,'starting','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',6,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-ffffffffffffffffffffffffffffffffffffffff-1',NULL,NULL,250000,NULL,'','',0,'old-machine|4711|1795000000|holder-1',1.79529370800193500525e+09,1.79529370799826145169e+09,NULL,NULL);
INSERT INTO "jobs" VALUES(8,'0000000000000000000000000000000000000000000000000000000000000000',1,'claimed','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',7,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-0000000000000000000000000000000000000000-1',NULL,NULL,1,NULL,'','',0,'old-machine|4711|1795000000|holder-1',1.79529370800263071055e+09,1.79529370800163078306e+09,NULL,NULL);
CREATE TABLE publication_events (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	publication INTEGER NOT NULL, 
	what VARCHAR(32) NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(publication) REFERENCES publications (id)
);
CREATE TABLE publications (
	id INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	slug VARCHAR(200) NOT NULL, 
	place VARCHAR(240) NOT NULL, 
	edition INTEGER DEFAULT '1' NOT NULL, 
	channel VARCHAR(120) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	marker VARCHAR(32) NOT NULL, 
	series VARCHAR(120) DEFAULT '' NOT NULL, 
	run VARCHAR(64) DEFAULT '' NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	calling VARCHAR(16) DEFAULT '' NOT NULL, 
	called_at DOUBLE, 
	post JSON NOT NULL, 
	handle JSON, 
	outcome JSON, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	remote_id VARCHAR(400) DEFAULT '' NOT NULL, 
	url TEXT DEFAULT '' NOT NULL, 
	refusal VARCHAR(32) DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	person_should TEXT DEFAULT '' NOT NULL, 
	slot DOUBLE, 
	not_before DOUBLE DEFAULT '0' NOT NULL, 
	owner VARCHAR(200) DEFAULT '' NOT NULL, 
	lease_until DOUBLE DEFAULT '0' NOT NULL, 
	created_at DOUBLE NOT NULL, 
	changed_at DOUBLE NOT NULL, 
	published_at DOUBLE, 
	PRIMARY KEY (id), 
	CONSTRAINT one_publication UNIQUE (sha256, place, edition), 
	CONSTRAINT one_publication_of_a_name UNIQUE (slug, place, edition)
);
CREATE UNIQUE INDEX one_live_job ON jobs ("key") WHERE state IN ('claimed', 'starting', 'started');
CREATE INDEX jobs_by_day ON jobs (day);
CREATE INDEX charges_by_time ON charges (at);
CREATE INDEX publications_by_change ON publications (changed_at);
CREATE INDEX publication_events_by_publication ON publication_events (publication);
CREATE INDEX channel_uses_by_quota ON channel_uses (place, quota, at);
COMMIT;
