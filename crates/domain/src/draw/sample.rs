//! Real rounds of the beacon, and draws made from a few words, for tests.

use super::addendum::Addendum;
use super::beacon::{Beacon, Round, Signature};
use super::commitment::{Mode, SaltKey, Secret, commitment};
use super::freeze::Freeze;
use super::hash::Hash;
use super::leaf::{Opening, Participant, Ticket};
use super::merkle::MerkleTree;
use super::order::Order;
use super::receipt::{FreezeRecord, Post, Receipt};
use super::seconds::UnixSeconds;
use super::seed::Seed;
use super::standing::{Replacement, Standing};
use super::terms::Terms;
use super::walk::{Decision, Outcome, Reason, Status, Walk, with_outcome};
use crate::code::Code;
use crate::ids::{ChatId, MessageId, UserId};

/// Rounds of quicknet as the public relays hand them out: number, signature, randomness.
pub const ROUNDS: [(u64, &str, &str); 9] = [
    (
        1,
        "b55e7cb2d5c613ee0b2e28d6750aabbb78c39dcc96bd9d38c2c2e12198df95571de8e8e402a0cc48871c7089a2b3af4b",
        "1466a6cd24e327188770752f6134001c64d6efcc590ccc26b721611ad96f165a",
    ),
    (
        2,
        "b6b6a585449b66eb12e875b64fcbab3799861a00e4dbf092d99e969a5eac57dd3f798acf61e705fe4f093db926626807",
        "5782d6987841c654515a0e72b2d1ebb4e741234042c37cb19608ae50d93fb60c",
    ),
    (
        3,
        "b3fab6df720b68cc47175f2c777e86d84187caab5770906f515ff1099cb01e4deaa027075d860823e49477b93c72bd64",
        "7ef4621ace1c6da4eb2eee7cd901f81385bca5b189771ec0f08d0d2566dd1a21",
    ),
    (
        1_000,
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
        "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
    ),
    (
        657_413,
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
        "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
    ),
    (
        30_662_982,
        "8b3edd0d42a2fa36ac15641a2dea2e4f4895acec2ef72ef39e5b6138f0346fb6b046dde1b4b3d09ff5fe8a6a7acd674a",
        "ae76da5137c6d0a0d3b50d325948b26cc3ff1f804cd7bbca29b9250c2bfe8d67",
    ),
    (
        30_662_990,
        "8b2ebe176d153849d5db7f358a3a21be96f8c5d1c26ed2b530fff4419face8909d77f4ee6a211623e2432c30841411b5",
        "aac361dad26f7e5f5c2460fa905ed6d4e2bf8d21ccb67bbe5100204475b56742",
    ),
    (
        30_662_992,
        "b72a64269e84523a73a87db491505b6f1675dfc7f71c69026efdce3996f59ce2d1b446fc00c13beff7fcfd428053a534",
        "b21201bdbe54b1e3ca135bf319bbca22b90b8ae30944c4a6790f74267d074827",
    ),
    (
        30_663_002,
        "b9e7e1e3d7d9cf17a9f4703abfae4c137acfbef1fdb45715a98422c244a499ea381c7fd759851ed8eeb8a03d778959b3",
        "2a231554933f6fd70314fa470152710fac3eba10d052cab996e8f30854fa7f55",
    ),
];

/// A real round with its signature.
pub fn beacon(number: u64) -> Beacon {
    let (_, signature, _) = ROUNDS.into_iter().find(|(known, ..)| *known == number).unwrap();
    Beacon { round: Round::new(number).unwrap(), signature: Signature::parse(signature).unwrap() }
}

/// Who takes part: the person of ticket t has the id `first_user + step · (t − 1)`.
#[derive(Clone, Debug)]
pub struct People {
    pub tickets: u64,
    pub first_user: i64,
    pub step: i64,
    pub withdrawn: Vec<u64>,
}

impl People {
    pub fn participant(&self, number: u64) -> Participant {
        Participant {
            ticket: Ticket::new(number),
            user: UserId::new(self.first_user + self.step * i64::try_from(number - 1).unwrap()),
            eligible: !self.withdrawn.contains(&number),
        }
    }
}

/// A draw as a test wants it.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: &'static str,
    pub mode: Mode,
    pub people: People,
    pub terms: Terms,
    /// In mode 1: the rounds named, and how long before each the post was out.
    pub freezes: Vec<(u64, Option<i64>)>,
    /// What is found out about candidates that are not void, by their place in the walk.
    pub found: Vec<(usize, Decision, Status)>,
    pub replaced: Vec<Replaced>,
    pub reopens: Option<Hash>,
}

/// A winner, by their place, who is replaced, and what is found out about those who might inherit.
#[derive(Clone, Debug)]
pub struct Replaced {
    pub place: usize,
    pub reason: Reason,
    pub note: Option<&'static str>,
    pub found: Vec<(Decision, Status)>,
}

/// What became of a case.
pub struct Drawn {
    pub salt_key: SaltKey,
    pub seed: Option<Seed>,
    pub receipt: Receipt,
    pub addenda: Vec<Addendum>,
    pub winners: Vec<Ticket>,
    pub openings: Vec<Opening>,
}

impl Case {
    pub fn new(name: &'static str, mode: Mode, tickets: u64, winners: u32, reserves: u32) -> Self {
        let terms = serde_json::json!({"winners": winners, "reserves": reserves, "leavers": "skipped"});
        let people = People { tickets, first_user: 700_000_001, step: 13, withdrawn: vec![] };
        Self {
            name,
            mode,
            people,
            terms: Terms::new(&terms).unwrap(),
            freezes: vec![(657_413, Some(90))],
            found: vec![],
            replaced: vec![],
            reopens: None,
        }
    }

    fn bytes(&self, what: &str) -> [u8; 32] {
        *Hash::of(&[what.as_bytes(), self.name.as_bytes()]).as_bytes()
    }

    pub fn draw(&self) -> Drawn {
        let (secret, salt_key) = (Secret::new(self.bytes("secret")), SaltKey::new(self.bytes("salt")));
        let code = Code::parse(&Hash::of(&[self.name.as_bytes()]).to_string()[..8]).unwrap();
        let commitment = commitment(&code, self.mode, &secret);
        let opened: Vec<u64> = [1, 2, 7, self.people.tickets / 2, self.people.tickets].into();
        let opened: Vec<u64> =
            opened.into_iter().filter(|ticket| (1..=self.people.tickets).contains(ticket)).collect();
        let mut tree = MerkleTree::watching(opened.iter().map(|ticket| ticket - 1));
        for number in 1..=self.people.tickets {
            tree.push(self.people.participant(number).leaf(&salt_key));
        }
        let root = tree.finish();
        let open = |(ticket, proof): (&u64, &Vec<Hash>)| {
            self.people.participant(*ticket).open(&salt_key, root.leaves, proof.clone())
        };
        let openings = opened.iter().zip(&root.proofs).map(open).collect();
        let freezes = self.freezes(commitment, root.hash);
        let round = freezes.last().and_then(|freeze| freeze.round);
        let beacon = round.map(|round| beacon(round.get()));
        let randomness = beacon.map(|beacon| beacon.randomness().unwrap());
        let seed = freezes.last().map(|freeze| Seed::new(&secret, &freeze.hash, randomness.as_ref()));
        let order = Order::new(seed.unwrap_or(Seed::from_hash(root.hash)), root.leaves);
        let walk = self.walk(order);
        let receipt = Receipt {
            code,
            mode: self.mode,
            commitment,
            secret,
            terms: self.terms.clone(),
            root: root.hash,
            tickets: root.leaves,
            winners_wanted: self.terms.winners(),
            reserves_wanted: self.terms.reserves(),
            freezes,
            beacon,
            winners: with_outcome(walk.candidates(), Outcome::Winner),
            reserves: with_outcome(walk.candidates(), Outcome::Reserve),
            skips: walk.candidates().iter().filter(|c| c.is_skipped()).count().try_into().unwrap(),
            walk: walk.into_candidates(),
            published_at: UnixSeconds::new(1_694_600_000),
            frozen_at: UnixSeconds::new(1_694_775_000),
            drawn_at: UnixSeconds::new(1_694_775_700),
            reopens: self.reopens,
        };
        let mut standing = Standing::after(&receipt).unwrap();
        let addenda = self.replaced.iter().map(|replaced| self.replace(&mut standing, replaced)).collect();
        Drawn { salt_key, seed, winners: standing.winners().to_vec(), receipt, addenda, openings }
    }

    fn freezes(&self, commitment: Hash, root: Hash) -> Vec<FreezeRecord> {
        let (tickets, terms) = (self.people.tickets, &self.terms);
        let record = |(attempt, (round, before)): (u32, &(u64, Option<i64>))| {
            let round = Round::new(*round).filter(|_| self.mode == Mode::Beacon);
            let hash = Freeze { commitment, root, tickets, terms, round, attempt }.hash();
            let date = |before| round.map_or(1_694_775_001, |round| round.time().get() - before);
            let post = |before: i64| Post {
                chat: ChatId::new(-1_001_234_567_890),
                message: MessageId::new(100 + i64::from(attempt)),
                date: UnixSeconds::new(date(before)),
            };
            FreezeRecord { attempt, hash, round, post: before.map(post) }
        };
        let attempts = if tickets == 0 { &[] } else { self.freezes.as_slice() };
        (0..).zip(attempts).map(record).collect()
    }

    fn walk(&self, order: Order) -> Walk<Order> {
        let mut walk = Walk::new(order, self.terms.winners(), self.terms.reserves());
        while let Some(ticket) = walk.candidate() {
            let at = walk.candidates().len();
            let found = self.found.iter().find(|(place, ..)| *place == at);
            let (decision, status) = if self.people.withdrawn.contains(&ticket.get()) {
                (Decision::Skip(Reason::Void), Status::Unchecked)
            } else {
                found.map_or((Decision::Accept, Status::Inside), |(_, decision, status)| (*decision, *status))
            };
            let at = UnixSeconds::new(1_694_775_605 + i64::try_from(at).unwrap());
            walk.decide(decision, status, at).unwrap();
        }
        walk
    }

    fn replace(&self, standing: &mut Standing, replaced: &Replaced) -> Addendum {
        let mut search = standing.search(&[]).unwrap();
        let mut found = replaced.found.iter();
        while let Some(ticket) = search.candidate() {
            let (decision, status) = if self.people.withdrawn.contains(&ticket.get()) {
                (Decision::Skip(Reason::Void), Status::Unchecked)
            } else {
                found.next().copied().unwrap_or((Decision::Accept, Status::Inside))
            };
            search.decide(decision, status, UnixSeconds::new(1_694_800_000)).unwrap();
        }
        let status = if replaced.reason == Reason::Left { Status::Left } else { Status::Inside };
        let replacement = Replacement {
            replaced: standing.winners()[replaced.place],
            reason: replaced.reason,
            status,
            note: replaced.note.map(str::to_owned),
        };
        standing.replace(replacement, search, UnixSeconds::new(1_694_800_001)).unwrap()
    }
}
