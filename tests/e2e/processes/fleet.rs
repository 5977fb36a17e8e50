//! The programs of one bot, and what they have agreed on in Redis.

use std::collections::{BTreeMap, BTreeSet};

use qura_app::ingest::{PARTITIONS, partition_and_key};
use qura_domain::ids::{UpdateId, UserId};
use qura_ports::telegram::Route;

use crate::world::program::Program;
use crate::world::servers::Servers;
use crate::world::{BOT, Person, World};

impl World {
    /// One more program, with a log of its own.
    pub async fn another(&self, name: &str, arguments: &[&str]) -> Program {
        let mut launch = self.launch.clone();
        launch.name = name.to_owned();
        let program = launch.start(arguments);
        program.logs(" started").await;
        program
    }

    /// Two programs with all roles: the first polls, and they share the partitions.
    pub async fn two(&self) -> [Program; 2] {
        let first = self.another("first", &["run"]).await;
        self.control.wait("polled", &[]).await.unwrap();
        let second = self.another("second", &["run"]).await;
        self.is_shared_by(2).await;
        [first, second]
    }

    /// Waits until so many programs have every partition between them.
    pub async fn is_shared_by(&self, programs: usize) {
        let all = usize::from(PARTITIONS) + 1;
        self.comes_true("the partitions are shared", async || {
            let holders = self.holders();
            holders.len() == all && holders.values().collect::<BTreeSet<_>>().len() == programs
        })
        .await;
    }

    /// Who has which partition.
    pub fn holders(&self) -> BTreeMap<u8, String> {
        const ALL: &str = "local holders = {}
            for partition = 0, ARGV[2] do
                holders[partition + 1] = redis.call('GET', ARGV[1] .. partition) or ''
            end
            return table.concat(holders, ' ')";

        let keys = format!("{}lease:partition:", self.setting("REDIS_PREFIX"));
        let holders = self.servers().tells_redis(&["EVAL", ALL, "0", &keys, &PARTITIONS.to_string()]);
        let holders = holders.unwrap_or_default();
        let each = (0..).zip(holders.split(' ')).filter(|(_, holder)| !holder.is_empty());
        each.map(|(partition, holder)| (partition, holder.to_owned())).collect()
    }

    /// Who has the turn to poll.
    pub fn poller(&self) -> Option<String> {
        self.holder(&format!("poller:{BOT}"))
    }

    /// Who handles what this person does.
    pub fn handler_of(&self, person: i64) -> Option<String> {
        self.holders().remove(&partition_of(person))
    }

    /// A new person whom this program handles.
    pub async fn person_of(&self, program: &str) -> Person {
        loop {
            let person = self.person("سارة").await;
            if self.handler_of(person.id()).as_deref() == Some(program) {
                return person;
            }
        }
    }

    fn holder(&self, lease: &str) -> Option<String> {
        let key = format!("{}lease:{lease}", self.setting("REDIS_PREFIX"));
        let found = self.servers().tells_redis(&["GET", &key]).ok()?;
        (!found.starts_with('$')).then_some(found)
    }

    fn servers(&self) -> Servers {
        let address = |name| self.setting(name).parse().unwrap();
        Servers { postgres: address("DATABASE_URL"), redis: address("REDIS_URL") }
    }

    /// A setting that the programs are run with.
    pub fn setting(&self, name: &str) -> &str {
        &self.launch.settings.iter().find(|(known, _)| known == name).unwrap().1
    }

    /// Nothing is left to do or was given up, each program stops as it should, and the world ends.
    pub async fn ends_with<const N: usize>(self, programs: [Program; N]) {
        self.settles().await;
        for mut program in programs {
            program.stops().await;
        }
        let undone = self.database.undone(self.now()).await;
        assert!(undone.is_empty(), "left undone: {undone:#?}");
        assert_eq!(self.database.dead_updates().await, [] as [&str; 0]);
        self.ends().await;
    }
}

/// Where a person's updates go.
pub fn partition_of(person: i64) -> u8 {
    partition_and_key(Route::Person(UserId::new(person)), UpdateId::new(0)).0
}
