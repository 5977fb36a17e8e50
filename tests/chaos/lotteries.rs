//! Organizers: they order publications, and see whether the post appears.

use std::sync::Arc;
use std::time::Duration;

use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::draw::commitment::{SaltKey, Secret};
use qura_domain::ids::{ChatId, JobId, LotteryId, UserId};
use qura_domain::lottery::{AutoDraw, Lottery, LotterySettings, LotteryState};
use qura_domain::template::Template;
use qura_domain::time::Timestamp;
use qura_storage::{NewJob, StorageError};

use crate::plan::LotteryPlan;
use crate::stage::{Posted, Stage};
use crate::world::{Channel, Person};

/// Somebody with a channel.
#[derive(Clone)]
pub struct Organizer {
    pub person: Person,
    pub channel: Channel,
}

/// A lottery that was ordered.
#[derive(Clone, Debug)]
pub struct Ordered {
    pub id: i64,
    pub code: String,
    pub chat: i64,
    pub winners: u32,
    pub is_drawn_by_time: bool,
    pub has_condition: bool,
}

/// Between two tries to reach the database.
const AGAIN: Duration = Duration::from_millis(300);

/// Orders all publications, each at its time. What was ordered.
pub async fn organize(
    stage: Arc<Stage>,
    organizers: Vec<Organizer>,
    plans: Vec<(Duration, LotteryPlan)>,
) -> Vec<Ordered> {
    let mut all = Vec::new();
    for (number, (at, plan)) in (1i64..).zip(plans) {
        tokio::time::sleep_until((stage.began + at).into()).await;
        if stage.is_over() {
            break;
        }
        let organizer = &organizers[plan.chat];
        let lottery = lottery(&stage, organizer, number, plan);
        while order(&stage, &lottery, plan).await.is_err() {
            tokio::time::sleep(AGAIN).await;
        }
        let ordered = Ordered {
            id: lottery.id.get(),
            code: lottery.code.to_string(),
            chat: organizer.channel.id,
            winners: plan.winners,
            is_drawn_by_time: plan.drawn_after.is_some(),
            has_condition: plan.has_condition,
        };
        tokio::spawn(look_for_post(stage.clone(), ordered.clone()));
        all.push(ordered);
    }
    all
}

fn lottery(stage: &Stage, organizer: &Organizer, number: i64, plan: LotteryPlan) -> Lottery {
    let now = Timestamp::from_micros(stage.now());
    let auto_draw = plan.drawn_after.map_or(AutoDraw::Never, |after| AutoDraw::At(now + after));
    Lottery {
        id: LotteryId::new(number),
        code: Code::from_random(i128::from(1_000_000 + number).to_be_bytes()),
        organizer: UserId::new(organizer.person.id()),
        chat: ChatId::new(organizer.channel.id),
        state: LotteryState::Draft,
        pause: None,
        template: Template::new(format!("سحب {number}").into(), None).unwrap(),
        settings: LotterySettings {
            winners: plan.winners,
            challenge: None,
            auto_draw,
            ..LotterySettings::default()
        },
        post: None,
        commitment: None,
        reopens: None,
        created_at: now,
        published_at: None,
        deleted_at: None,
    }
}

/// What the last step of the wizard does, in one transaction.
async fn order(stage: &Stage, lottery: &Lottery, plan: LotteryPlan) -> Result<(), StorageError> {
    let (id, now) = (lottery.id, lottery.created_at);
    let mut tx = stage.db.begin().await?;
    if !tx.lotteries().insert(lottery).await? {
        // The answer to an earlier commit was lost.
        return tx.rollback().await;
    }
    if plan.has_condition {
        let condition = Condition::Channel { chat: ChatId::new(stage.condition.id) };
        tx.conditions().replace(id, &[condition]).await?;
    }
    let scheduled = LotteryState::Draft.to(LotteryState::Scheduled).unwrap();
    tx.lotteries().advance(id, scheduled, None, now).await?;
    tx.draw_secrets().insert(id, &Secret::new([7; 32]), &SaltKey::new([8; 32])).await?;
    let payload = format!("{{\"lottery\":{id}}}");
    let job = NewJob {
        id: JobId::new(9_000_000 + id.get()),
        kind: "lottery.publish",
        payload: &payload,
        run_at: now,
        dedupe: Some(&payload),
    };
    tx.jobs().enqueue(&job, now).await?;
    tx.commit().await
}

/// People see a post when it is there.
async fn look_for_post(stage: Arc<Stage>, ordered: Ordered) {
    let data = format!("post:join:{}", ordered.code);
    while !stage.is_over() {
        let found = stage.control.get(&format!("/chats/{}/messages?limit=200", ordered.chat)).await;
        let messages = found["messages"].as_array().unwrap();
        let post = messages.iter().rev().find(|message| {
            let rows = message["buttons"].as_array().unwrap().iter();
            rows.flat_map(|row| row.as_array().unwrap()).any(|button| button["data"] == *data)
        });
        if let Some(post) = post {
            let post = Posted {
                id: ordered.id,
                code: ordered.code,
                chat: ordered.chat,
                post: post["id"].as_i64().unwrap(),
            };
            stage.posted.lock().unwrap().push(post);
            return;
        }
        tokio::time::sleep(AGAIN).await;
    }
}
