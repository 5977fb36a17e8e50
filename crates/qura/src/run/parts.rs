//! Every part of the program, made once, and how they hang together.

use std::sync::Arc;

use qura_app::admin::AdminService;
use qura_app::alerts::AlertService;
use qura_app::batcher::Batcher;
use qura_app::channels::ChannelService;
use qura_app::counters::CounterRefresher;
use qura_app::draws::{
    CarryJob, DrawJob, DrawService, DueDraws, HOLD, HoldSweep, OpenJob, ReplaceJob, Verdicts,
};
use qura_app::faults::Faults;
use qura_app::fraud::{EXAMINE, ExamineJoins};
use qura_app::ingest::{Consumer, DoneGroup, Handover, Poller, PollerTurn, Processor, ShareKeeper};
use qura_app::jobs::{JobRunner, Schedule};
use qura_app::joining::{Codes, JoinGroup, JoiningService, Presses};
use qura_app::lotteries::{LotteryService, PublishLottery, RepublishLottery};
use qura_app::memberships::MembershipService;
use qura_app::outbox::OutboxSender;
use qura_app::people::{PeopleService, SeenGroup};
use qura_app::reports::{ReportJob, RetentionJob};
use qura_app::sessions::{PurgeExpiredSessions, SessionService};
use qura_app::settings::SettingsService;
use qura_app::subscription::SubscriptionService;
use qura_app::upkeep::Upkeep;
use qura_beacon::DrandBeacon;
use qura_bot::{Defaults, Delivery, Dispatcher, DrawWords, Notices, Posts, Reports, Services, Strangers};
use qura_dial::Proxies;
use qura_domain::draw::commitment::Mode;
use qura_domain::ids::UserId;
use qura_domain::language::Language;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Leases, WakeUps};
use qura_ports::random::Random;
use qura_ports::telegram::{BotAccount, Messenger};
use qura_storage::Db;
use qura_telegram::{BotApiDecoder, Client, ClientUpdates};

use super::coordination::Coordination;
use super::telegram::Telegram;
use crate::adapters::SystemRandom;
use crate::config::Config;

/// What the roles are made of.
pub struct Parts {
    pub settings: Arc<SettingsService>,
    pub share: Arc<ShareKeeper>,
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub leases: Arc<dyn Leases>,
    random: Arc<dyn Random>,
    wakeups: Arc<dyn WakeUps>,
    handover: Arc<Handover>,
    messenger: Arc<dyn Messenger>,
    services: Arc<Services>,
    client: Client,
    pub account: BotAccount,
}

/// The queue before the registrations of all lotteries.
fn joins(
    db: &Db,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
    wakeups: &Arc<dyn WakeUps>,
) -> Batcher<JoinGroup> {
    let (db, clock, random, wakeups) = (db.clone(), clock.clone(), random.clone(), wakeups.clone());
    Batcher::start(JoinGroup { db, clock, random, wakeups })
}

impl Parts {
    #[expect(clippy::too_many_lines, reason = "a list of all parts, each made once")]
    pub async fn assemble(
        config: &Config,
        db: Db,
        clock: Arc<dyn Clock>,
        coordination: Coordination,
        telegram: Telegram,
    ) -> anyhow::Result<Self> {
        let Coordination { leases, cache, wakeups, limits: _ } = coordination;
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let messenger: Arc<dyn Messenger> = telegram.messenger;
        let operators: Arc<[UserId]> = config.operators.clone().into();
        let settings = Arc::new(
            SettingsService::load(db.clone(), clock.clone(), random.clone(), wakeups.clone()).await?,
        );
        let alerts = Arc::new(AlertService {
            db: db.clone(),
            clock: clock.clone(),
            random: random.clone(),
            wakeups: wakeups.clone(),
            operators: operators.clone(),
        });
        let channels = Arc::new(ChannelService {
            db: db.clone(),
            clock: clock.clone(),
            random: random.clone(),
            wakeups: wakeups.clone(),
            messenger: messenger.clone(),
            bot: telegram.account.id,
        });
        let posts = Arc::new(Posts(Strangers {
            language: config.language,
            timezone: config.timezone,
            bot_username: telegram.account.username.clone(),
            supports_inline: telegram.account.supports_inline,
        }));
        let lotteries = Arc::new(LotteryService {
            db: db.clone(),
            clock: clock.clone(),
            random: random.clone(),
            wakeups: wakeups.clone(),
            messenger: messenger.clone(),
            settings: settings.clone(),
            channels: channels.clone(),
            posts,
            draw_mode: if config.relays.is_empty() { Mode::Secret } else { Mode::Beacon },
            faults: faults(config),
        });
        let subscription = Arc::new(SubscriptionService {
            db: db.clone(),
            messenger: messenger.clone(),
            cache,
            settings: settings.clone(),
            alerts,
            sights: tokio::sync::Mutex::default(),
        });
        let joining = JoiningService {
            db: db.clone(),
            clock: clock.clone(),
            random: random.clone(),
            wakeups: wakeups.clone(),
            messenger: messenger.clone(),
            subscription: subscription.clone(),
            joins: joins(&db, &clock, &random, &wakeups),
            offered: config.captchas.clone().into(),
            codes: Codes::default(),
            presses: Presses::default(),
        };
        let draws = Arc::new(DrawService {
            db: db.clone(),
            clock: clock.clone(),
            random: random.clone(),
            wakeups: wakeups.clone(),
            messenger: messenger.clone(),
            beacon: Arc::new(DrandBeacon::new(&config.relays, &Proxies::of_the_environment())?),
            writer: Arc::new(DrawWords { language: config.language, timezone: config.timezone }),
            faults: faults(config),
            verdicts: Verdicts::default(),
        });
        let services = Arc::new(Services {
            db: db.clone(),
            clock: clock.clone(),
            settings: settings.clone(),
            people: PeopleService {
                db: db.clone(),
                clock: clock.clone(),
                seen: Batcher::start(SeenGroup { db: db.clone(), closing: qura_bot::closing }),
                operators,
            },
            sessions: SessionService { clock: clock.clone(), ttl: config.session_ttl },
            memberships: MembershipService { db: db.clone(), subscription: subscription.clone() },
            subscription,
            joining,
            admin: AdminService {
                messenger: messenger.clone(),
                settings: settings.clone(),
                bot: telegram.account.id,
            },
            channels,
            lotteries,
            draws,
            defaults: Defaults { language: config.language, timezone: config.timezone },
            bot_username: telegram.account.username.clone(),
            public_url: config.public_url.as_ref().map(ToString::to_string),
        });
        Ok(Self {
            settings,
            share: Arc::new(ShareKeeper::new(leases.clone())),
            db,
            clock,
            leases,
            random,
            wakeups,
            handover: Arc::default(),
            messenger,
            services,
            client: telegram.client,
            account: telegram.account,
        })
    }

    pub fn poller(&self, config: &Config) -> PollerTurn {
        let poller = Poller {
            source: Arc::new(ClientUpdates::new(self.client.clone())),
            db: self.db.clone(),
            wakeups: self.wakeups.clone(),
            handover: self.handover.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            bot: self.account.id,
            api_url: config.api_url.to_string(),
            limit: config.polling_limit,
            timeout: config.polling_timeout,
            most_undone: config.polling_backlog,
        };
        PollerTurn { poller, leases: self.leases.clone() }
    }

    pub fn consumer(&self, config: &Config) -> Consumer {
        let delivery =
            Arc::new(Delivery { services: self.services.clone(), messenger: self.messenger.clone() });
        let handler =
            Dispatcher { services: self.services.clone(), decoder: Arc::new(BotApiDecoder), delivery };
        let processor = Processor {
            db: self.db.clone(),
            handler: Arc::new(handler),
            settings: self.settings.clone(),
            clock: self.clock.clone(),
            done: Batcher::start(DoneGroup { db: self.db.clone() }),
        };
        Consumer {
            db: self.db.clone(),
            wakeups: self.wakeups.clone(),
            handover: self.handover.clone(),
            processor: Arc::new(processor),
            share: self.share.clone(),
            concurrency: config.bot_concurrency,
        }
    }

    pub fn job_runner(&self, config: &Config) -> anyhow::Result<Arc<JobRunner>> {
        Ok(Arc::new(JobRunner {
            db: self.db.clone(),
            wakeups: self.wakeups.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            jobs: vec![
                Arc::new(PurgeExpiredSessions {
                    farewell: qura_bot::farewell,
                    db: self.db.clone(),
                    clock: self.clock.clone(),
                    random: self.random.clone(),
                    wakeups: self.wakeups.clone(),
                }),
                Arc::new(DrawJob { draws: self.services.draws.clone() }),
                Arc::new(OpenJob { draws: self.services.draws.clone() }),
                Arc::new(ReplaceJob { draws: self.services.draws.clone() }),
                Arc::new(CarryJob {
                    draws: self.services.draws.clone(),
                    lotteries: self.services.lotteries.clone(),
                }),
                Arc::new(HoldSweep { draws: self.services.draws.clone() }),
                Arc::new(DueDraws {
                    db: self.db.clone(),
                    clock: self.clock.clone(),
                    random: self.random.clone(),
                    wakeups: self.wakeups.clone(),
                }),
                Arc::new(PublishLottery { lotteries: self.services.lotteries.clone() }),
                Arc::new(RepublishLottery { lotteries: self.services.lotteries.clone() }),
                Arc::new(ReportJob {
                    lotteries: self.services.lotteries.clone(),
                    writer: Arc::new(Reports(self.services.defaults)),
                }),
                Arc::new(RetentionJob {
                    lotteries: self.services.lotteries.clone(),
                    writer: Arc::new(Reports(self.services.defaults)),
                }),
                Arc::new(ExamineJoins { db: self.db.clone(), clock: self.clock.clone() }),
                Arc::new(Upkeep {
                    db: self.db.clone(),
                    clock: self.clock.clone(),
                    soft_delete: config.soft_delete,
                }),
            ],
            schedules: vec![
                Schedule::new("sessions.purge", "* * * * *")?,
                Schedule::new("upkeep.purge", "17 * * * *")?,
                Schedule::new("draw.due", "* * * * *")?,
                Schedule::new(HOLD, "* * * * *")?,
                Schedule::new(EXAMINE, "* * * * *")?,
            ],
            concurrency: config.worker_concurrency,
        }))
    }

    pub fn outbox(&self) -> OutboxSender {
        OutboxSender {
            db: self.db.clone(),
            wakeups: self.wakeups.clone(),
            clock: self.clock.clone(),
            sender: Arc::new(Notices { services: self.services.clone(), messenger: self.messenger.clone() }),
            faults: self.services.draws.faults.clone(),
        }
    }

    pub fn counters(&self) -> Arc<CounterRefresher> {
        Arc::new(CounterRefresher {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            wakeups: self.wakeups.clone(),
            leases: self.leases.clone(),
            messenger: self.messenger.clone(),
            posts: self.services.lotteries.posts.clone(),
        })
    }

    /// A menu of commands that is a little old harms nobody, so a failure is only logged.
    pub async fn publish_commands(&self, operators: &[UserId], language: Language) {
        if let Err(error) = qura_bot::commands::publish(self.messenger.as_ref(), operators, language).await {
            tracing::warn!(%error, "the commands cannot be published");
        }
    }
}

/// Beside the file of the tests' clock; there is none in life.
fn faults(config: &Config) -> Faults {
    let file = config.test_clock.as_ref().map(|clock| clock.with_file_name("fault"));
    file.map(Faults::of_tests).unwrap_or_default()
}
