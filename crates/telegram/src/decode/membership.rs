//! Reads a person's relation to a chat (`ChatMember`).

use qura_domain::membership::{Membership, Rights};
use qura_ports::telegram::Malformed;
use serde::Deserialize;

use super::object::from_objects;
use super::shape::Sender;

/// All six forms of `ChatMember` in one: which fields are there depends on the status.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub struct ChatMember {
    status: String,
    pub user: Sender,
    /// Of restricted members only.
    #[serde(default)]
    is_member: bool,
    #[serde(default)]
    can_post_messages: bool,
    #[serde(default)]
    can_edit_messages: bool,
    #[serde(default)]
    can_delete_messages: bool,
    #[serde(default)]
    can_pin_messages: bool,
    #[serde(default)]
    can_invite_users: bool,
    #[serde(default)]
    can_restrict_members: bool,
}

from_objects!(ChatMember);

impl ChatMember {
    /// Fails for a status that the Bot API did not have when this was written.
    pub fn membership(&self) -> Result<Membership, Malformed> {
        Ok(match self.status.as_str() {
            "creator" => Membership::Creator,
            "administrator" => Membership::Administrator(self.rights()),
            "member" => Membership::Member,
            "restricted" => Membership::Restricted { is_member: self.is_member },
            "left" => Membership::Left,
            "kicked" => Membership::Kicked,
            other => return Err(Malformed(format!("a member of the unknown status {other:.40}"))),
        })
    }

    fn rights(&self) -> Rights {
        Rights {
            post_messages: self.can_post_messages,
            edit_messages: self.can_edit_messages,
            delete_messages: self.can_delete_messages,
            pin_messages: self.can_pin_messages,
            invite_users: self.can_invite_users,
            restrict_members: self.can_restrict_members,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(fields: &str) -> Result<Membership, Malformed> {
        let body = format!(r#"{{"user":{{"id":7,"is_bot":false,"first_name":"سارة"}},{fields}}}"#);
        serde_json::from_str::<ChatMember>(&body).unwrap().membership()
    }

    #[test]
    fn each_status_is_understood() {
        let administrator = r#""status":"administrator","can_be_edited":false,"is_anonymous":false,
            "can_post_messages":true,"can_delete_messages":true,"can_invite_users":true"#;
        let rights =
            Rights { post_messages: true, delete_messages: true, invite_users: true, ..Rights::NONE };
        for (fields, expected) in [
            (r#""status":"creator","is_anonymous":false"#, Membership::Creator),
            (administrator, Membership::Administrator(rights)),
            (r#""status":"member","until_date":1"#, Membership::Member),
            (r#""status":"restricted","is_member":true"#, Membership::Restricted { is_member: true }),
            (r#""status":"restricted","is_member":false"#, Membership::Restricted { is_member: false }),
            (r#""status":"left""#, Membership::Left),
            (r#""status":"kicked","until_date":0"#, Membership::Kicked),
        ] {
            assert_eq!(membership(fields), Ok(expected), "{fields}");
        }
        assert!(membership(r#""status":"emperor""#).is_err());
    }
}
