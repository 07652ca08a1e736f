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
INSERT INTO "breakers" VALUES('veo-3.1','0123abcd',1,1.7952946072324776649e+09,'billing','no credits');
CREATE TABLE budgets (
	scope VARCHAR(240) NOT NULL, 
	committed_micro BIGINT NOT NULL, 
	PRIMARY KEY (scope)
);
INSERT INTO "budgets" VALUES('day 2026-11-21',2900001);
INSERT INTO "budgets" VALUES('episode why-tea-is-brown',2900001);
INSERT INTO "budgets" VALUES('series kitchen-science in 2026-11',2900001);
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
INSERT INTO "charges" VALUES(1,1.79529370717511653899e+09,1,'reserved',900000,'');
INSERT INTO "charges" VALUES(2,1.79529370719220590594e+09,1,'charged',850000,'');
INSERT INTO "charges" VALUES(3,1.79529370719220590594e+09,1,'released',50000,'');
INSERT INTO "charges" VALUES(4,1.79529370719537067417e+09,2,'reserved',400000,'');
INSERT INTO "charges" VALUES(5,1.79529370720178723329e+09,2,'charged',400000,'');
INSERT INTO "charges" VALUES(6,1.79529370720432186131e+09,3,'reserved',400000,'');
INSERT INTO "charges" VALUES(7,1.79529370720839691159e+09,3,'released',400000,'');
INSERT INTO "charges" VALUES(8,1.79529370721029376978e+09,4,'reserved',600000,'');
INSERT INTO "charges" VALUES(9,1795293707.2143,4,'suspected',600000,'');
INSERT INTO "charges" VALUES(10,1.7952937072165234089e+09,5,'reserved',500000,'');
INSERT INTO "charges" VALUES(11,1.79529370722090649602e+09,5,'suspected',500000,'');
INSERT INTO "charges" VALUES(12,1.79529370722189092631e+09,6,'reserved',300000,'');
INSERT INTO "charges" VALUES(13,1.79529370722601985931e+09,7,'reserved',250000,'');
INSERT INTO "charges" VALUES(14,1.79529370723010349266e+09,8,'reserved',1,'');
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
INSERT INTO "jobs" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,'done','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',1,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_a", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_a"}}','{"sha256": "1111111111111111111111111111111111111111111111111111111111111111", "media_type": "video/mp4", "size_bytes": 7, "facts": {}}',900000,850000,'','',1,'old-machine|4711|1795000000|holder-1',0.0,1.79529370717511653899e+09,1.79529370719036865237e+09,1.79529370719220590594e+09);
INSERT INTO "jobs" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',1,'failed','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',2,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_b", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_b"}}',NULL,400000,400000,'moderated','blocked',1,'old-machine|4711|1795000000|holder-1',0.0,1.79529370719537067417e+09,1.79529370720086121557e+09,1.79529370720178723329e+09);
INSERT INTO "jobs" VALUES(3,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',2,'failed','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',2,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-2',NULL,NULL,400000,0,'busy','503',0,'old-machine|4711|1795000000|holder-1',0.0,1.79529370720432186131e+09,NULL,1.79529370720839691159e+09);
INSERT INTO "jobs" VALUES(4,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',1,'suspect','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',3,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-cccccccccccccccccccccccccccccccccccccccc-1',NULL,NULL,600000,NULL,'unknown','no answer',0,'old-machine|4711|1795000000|holder-1',0.0,1.79529370721029376978e+09,NULL,1795293707.2143);
INSERT INTO "jobs" VALUES(5,'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',1,'suspect','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',4,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-dddddddddddddddddddddddddddddddddddddddd-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_d", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_d"}}',NULL,500000,NULL,'timed_out','out of time',0,'old-machine|4711|1795000000|holder-1',0.0,1.7952937072165234089e+09,1.79529370722015047074e+09,1.79529370722090649602e+09);
INSERT INTO "jobs" VALUES(6,'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee',1,'started','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',5,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-1','{"schema_version": 1, "protocol": "openai-videos", "entry": "sora-2", "model": "sora-2", "base_url": "https://api.openai.com/v1", "account": "0123abcd", "remote_id": "video_e", "started_at": "2026-11-21T10:00:00Z", "seconds": "13/2", "size": {"width": 720, "height": 1280}, "warnings": ["the model makes 8 s, not 6.5 s"], "extra": {"poll": "/videos/video_e"}}',NULL,300000,NULL,'','',0,'old-machine|4711|1795000000|holder-1',1.79529370722624468802e+09,1.79529370722189092631e+09,1.79529370722524476058e+09,NULL);
INSERT INTO "jobs" VALUES(7,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',1,'starting','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',6,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-ffffffffffffffffffffffffffffffffffffffff-1',NULL,NULL,250000,NULL,'','',0,'old-machine|4711|1795000000|holder-1',1.7952937072302515507e+09,1.79529370722601985931e+09,NULL,NULL);
INSERT INTO "jobs" VALUES(8,'0000000000000000000000000000000000000000000000000000000000000000',1,'claimed','sora-2','sora-2','0123abcd','why-tea-is-brown','kitchen-science','run-1',7,'2026-11-21','["day 2026-11-21", "episode why-tea-is-brown", "series kitchen-science in 2026-11"]','rw-0000000000000000000000000000000000000000-1',NULL,NULL,1,NULL,'','',0,'old-machine|4711|1795000000|holder-1',1.79529370723110342023e+09,1.79529370723010349266e+09,NULL,NULL);
CREATE UNIQUE INDEX one_live_job ON jobs ("key") WHERE state IN ('claimed', 'starting', 'started');
CREATE INDEX jobs_by_day ON jobs (day);
CREATE INDEX charges_by_time ON charges (at);
COMMIT;
