//! Decides whether a person may join a lottery.

use serde::{Deserialize, Serialize};

use super::participant::ParticipantState;
use super::settings::{Audience, LotterySettings};
use super::state::LotteryState;
use crate::challenge::ChallengeKind;
use crate::condition::{Condition, ConditionStanding};
use crate::draw::leaf::Ticket;
use crate::membership::Membership;
use crate::time::Timestamp;

/// What a lottery asks of those who join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinTerms {
    pub state: LotteryState,
    pub settings: LotterySettings,
}

/// What is known of a person who wants to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// By the operator, from everything.
    pub is_banned: bool,
    pub is_premium: bool,
    /// In the lottery's chat.
    pub attendance: Attendance,
    /// The ticket that they have already, valid or not.
    pub ticket: Option<(Ticket, ParticipantState)>,
    /// Whether they solved this lottery's challenge of late. Of no matter where it has none.
    pub has_solved: bool,
    /// Every condition of the lottery, in its order.
    pub conditions: Vec<(Condition, ConditionStanding)>,
}

/// Whether a person is in the lottery's chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attendance {
    Known(Membership),
    /// The bot can no longer look: the lottery is to be paused, and its organizer to be told.
    CannotCheck,
}

/// Why a person cannot join now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinRefusal {
    /// No reason to worry: they are in, with this ticket.
    AlreadyIn(Ticket),
    /// Not published yet.
    NotOpen,
    Paused,
    /// The list of participants is closed, or the lottery was cancelled.
    Closed,
    Banned,
    /// The organizer excluded them.
    Excluded,
    /// They won in the draw that this lottery carries on.
    Won,
    /// To be subscribed to first: the lottery's chat.
    NotMember,
    PremiumOnly,
    /// The bot cannot tell whether they are a member.
    CannotCheck,
    /// To be solved first.
    Challenge(ChallengeKind),
    /// To be met first, at least one.
    Unmet(Vec<Condition>),
    /// Can be met by nobody, at least one: the organizer is asked what to do.
    ConditionLost(Vec<Condition>),
}

/// What a press of the button can tell at once: everything but the challenge and the conditions,
/// which come in the private chat.
pub fn preview(terms: &JoinTerms, applicant: &Applicant, now: Timestamp) -> Result<(), JoinRefusal> {
    if let Some((ticket, ParticipantState::Registered)) = applicant.ticket {
        return Err(JoinRefusal::AlreadyIn(ticket));
    }
    match terms.state {
        LotteryState::Draft | LotteryState::Scheduled => return Err(JoinRefusal::NotOpen),
        // The draw's time has come, though nobody came to it yet.
        LotteryState::Open if terms.settings.is_due(now) => return Err(JoinRefusal::Closed),
        LotteryState::Open => {}
        LotteryState::Paused => return Err(JoinRefusal::Paused),
        LotteryState::Frozen
        | LotteryState::Drawing
        | LotteryState::Drawn
        | LotteryState::Announced
        | LotteryState::Cancelled
        | LotteryState::Reopened => return Err(JoinRefusal::Closed),
    }
    if applicant.is_banned {
        return Err(JoinRefusal::Banned);
    }
    match applicant.ticket {
        Some((_, ParticipantState::Excluded)) => return Err(JoinRefusal::Excluded),
        Some((_, ParticipantState::Won)) => return Err(JoinRefusal::Won),
        Some((_, ParticipantState::Registered | ParticipantState::Withdrawn)) | None => {}
    }
    if terms.settings.members_only {
        match applicant.attendance {
            Attendance::Known(membership) if membership.is_inside() => {}
            Attendance::Known(_) => return Err(JoinRefusal::NotMember),
            Attendance::CannotCheck => return Err(JoinRefusal::CannotCheck),
        }
    }
    if terms.settings.audience == Audience::Premium && !applicant.is_premium {
        return Err(JoinRefusal::PremiumOnly);
    }
    Ok(())
}

/// Decides about a registration: everything that [`preview`] asks, then the challenge, then every
/// condition. Asked once more in the transaction that registers, because a link proves nothing.
pub fn admit(terms: &JoinTerms, applicant: &Applicant, now: Timestamp) -> Result<(), JoinRefusal> {
    preview(terms, applicant, now)?;
    if let Some(kind) = terms.settings.challenge
        && !applicant.has_solved
    {
        return Err(JoinRefusal::Challenge(kind));
    }
    let that_are = |wanted: ConditionStanding| -> Vec<Condition> {
        let found = applicant.conditions.iter().filter(|(_, standing)| *standing == wanted);
        found.map(|(condition, _)| condition.clone()).collect()
    };
    let lost = that_are(ConditionStanding::Lost);
    if !lost.is_empty() {
        return Err(JoinRefusal::ConditionLost(lost));
    }
    let unmet = that_are(ConditionStanding::Unmet);
    if unmet.is_empty() { Ok(()) } else { Err(JoinRefusal::Unmet(unmet)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ChatId;
    use crate::lottery::AutoDraw;

    const NOW: Timestamp = Timestamp::from_secs(100);
    const TICKET: Ticket = Ticket::new(7);

    fn terms() -> JoinTerms {
        JoinTerms { state: LotteryState::Open, settings: LotterySettings::default() }
    }

    fn welcome() -> Applicant {
        Applicant {
            is_banned: false,
            is_premium: true,
            attendance: Attendance::Known(Membership::Member),
            ticket: None,
            has_solved: true,
            conditions: vec![],
        }
    }

    fn condition(id: i64) -> Condition {
        Condition::Channel { chat: ChatId::new(id) }
    }

    #[test]
    fn one_who_meets_everything_gets_in() {
        let conditions = vec![(condition(-1), ConditionStanding::Met)];
        assert_eq!(admit(&terms(), &Applicant { conditions, ..welcome() }, NOW), Ok(()));
        // A withdrawn ticket is taken up again.
        let ticket = Some((TICKET, ParticipantState::Withdrawn));
        assert_eq!(admit(&terms(), &Applicant { ticket, ..welcome() }, NOW), Ok(()));
    }

    #[test]
    fn nobody_joins_in_any_state_but_open() {
        for state in LotteryState::ALL {
            let expected = match state {
                LotteryState::Open => Ok(()),
                LotteryState::Draft | LotteryState::Scheduled => Err(JoinRefusal::NotOpen),
                LotteryState::Paused => Err(JoinRefusal::Paused),
                _ => Err(JoinRefusal::Closed),
            };
            let terms = JoinTerms { state, ..terms() };
            assert_eq!(preview(&terms, &welcome(), NOW), expected, "{state:?}");
            assert_eq!(admit(&terms, &welcome(), NOW), expected, "{state:?}");
            // Whoever is in hears that they are, whatever the state.
            let inside = Applicant { ticket: Some((TICKET, ParticipantState::Registered)), ..welcome() };
            assert_eq!(admit(&terms, &inside, NOW), Err(JoinRefusal::AlreadyIn(TICKET)));
        }
    }

    #[test]
    fn at_the_draws_time_nobody_joins_though_it_is_still_open() {
        let mut terms = terms();
        terms.settings.auto_draw = AutoDraw::At(NOW);
        assert_eq!(preview(&terms, &welcome(), Timestamp::from_secs(99)), Ok(()));
        assert_eq!(preview(&terms, &welcome(), NOW), Err(JoinRefusal::Closed));
    }

    #[test]
    fn each_fact_that_is_wrong_is_told_at_the_button_already() {
        let premium = {
            let mut terms = terms();
            terms.settings.audience = Audience::Premium;
            terms
        };
        let refused = |applicant: Applicant| {
            let told = preview(&premium, &applicant, NOW).unwrap_err();
            assert_eq!(admit(&premium, &applicant, NOW), Err(told.clone()));
            told
        };
        assert_eq!(preview(&premium, &welcome(), NOW), Ok(()));
        assert_eq!(refused(Applicant { is_banned: true, ..welcome() }), JoinRefusal::Banned);
        assert_eq!(refused(Applicant { is_premium: false, ..welcome() }), JoinRefusal::PremiumOnly);
        let ticket = Some((TICKET, ParticipantState::Excluded));
        assert_eq!(refused(Applicant { ticket, ..welcome() }), JoinRefusal::Excluded);
        let ticket = Some((TICKET, ParticipantState::Won));
        assert_eq!(refused(Applicant { ticket, ..welcome() }), JoinRefusal::Won);
        let away = |attendance| refused(Applicant { attendance, ..welcome() });
        for outside in [Membership::Left, Membership::Kicked, Membership::Restricted { is_member: false }] {
            assert_eq!(away(Attendance::Known(outside)), JoinRefusal::NotMember);
        }
        assert_eq!(away(Attendance::CannotCheck), JoinRefusal::CannotCheck);
    }

    #[test]
    fn a_lottery_for_all_asks_for_neither_membership_nor_premium() {
        let mut terms = terms();
        terms.settings.members_only = false;
        for attendance in [Attendance::Known(Membership::Left), Attendance::CannotCheck] {
            let stranger = Applicant { attendance, is_premium: false, ..welcome() };
            assert_eq!(admit(&terms, &stranger, NOW), Ok(()));
        }
    }

    #[test]
    fn the_challenge_comes_before_the_conditions_and_only_where_there_is_one() {
        let conditions = vec![(condition(-1), ConditionStanding::Unmet)];
        let unsolved = Applicant { has_solved: false, conditions, ..welcome() };
        let mut terms = terms();
        assert_eq!(preview(&terms, &unsolved, NOW), Ok(()));
        assert_eq!(admit(&terms, &unsolved, NOW), Err(JoinRefusal::Challenge(ChallengeKind::Image)));
        terms.settings.challenge = None;
        assert_eq!(admit(&terms, &unsolved, NOW), Err(JoinRefusal::Unmet(vec![condition(-1)])));
    }

    #[test]
    fn every_unmet_condition_is_named_and_a_lost_one_is_nobodys_fault() {
        use ConditionStanding::{Lost, Met, Unmet};
        let with = |standings: &[ConditionStanding]| {
            let conditions = (1..).zip(standings).map(|(id, s)| (condition(-id), *s)).collect();
            admit(&terms(), &Applicant { conditions, ..welcome() }, NOW)
        };
        assert_eq!(with(&[Met, Met]), Ok(()));
        assert_eq!(with(&[Unmet, Met, Unmet]), Err(JoinRefusal::Unmet(vec![condition(-1), condition(-3)])));
        assert_eq!(with(&[Unmet, Lost]), Err(JoinRefusal::ConditionLost(vec![condition(-2)])));
    }
}
