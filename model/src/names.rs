//! Names that have been checked. The rules are here so that a form and the
//! API refuse the same things in the same words.

use std::fmt;

/// Why a name was refused, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameError(pub &'static str);

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NameError {}

/// An e-mail address, trimmed and in lower case. Only its shape is checked:
/// whether it receives mail, only mail can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Checks and normalises.
    ///
    /// # Errors
    /// When it has no `local@domain.tld` shape or is over 254 bytes.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        const BAD: NameError = NameError("must be an e-mail address such as ada@example.com");
        let email = text.trim().to_lowercase();
        if email.len() > 254 {
            return Err(NameError("must be at most 254 bytes"));
        }
        let (local, domain) = email.rsplit_once('@').ok_or(BAD)?;
        let labels_ok = domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        let local_ok = !local.is_empty() && !local.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@');
        if local_ok && labels_ok && domain.contains('.') {
            Ok(Self(email))
        } else {
            Err(BAD)
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password that may be set. Never printed.
pub struct Password(String);

impl Password {
    /// Checks the length, in characters.
    ///
    /// # Errors
    /// Under 8 characters, or over 1,000 (hashing must stay bounded).
    pub fn parse(text: String) -> Result<Self, NameError> {
        let length = text.chars().count();
        if length < 8 {
            return Err(NameError("must have at least 8 characters"));
        }
        if length > 1_000 {
            return Err(NameError("must have at most 1,000 characters"));
        }
        Ok(Self(text))
    }

    /// The password, for hashing and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// A project's name: 1 to 100 characters, trimmed, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectName(String);

impl ProjectName {
    /// Checks and trims.
    ///
    /// # Errors
    /// When empty, too long, or with control characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(NameError("must not be empty"));
        }
        if name.chars().count() > 100 {
            return Err(NameError("must have at most 100 characters"));
        }
        if name.chars().any(char::is_control) {
            return Err(NameError("must not contain control characters"));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A slug made of a name: lower-case letters, digits and single dashes, at
/// most 40 characters, never all digits (those are ids), never empty.
#[must_use]
pub fn slug_from_name(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == 40 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() || slug.bytes().all(|b| b.is_ascii_digit()) {
        return format!("project-{slug}").trim_end_matches('-').to_owned();
    }
    slug.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn emails() {
        assert_eq!(Email::parse(" Ada@Example.COM ").unwrap().as_str(), "ada@example.com");
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "a da@example.com",
            "ada@-example.com",
            "ada@example..com",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords_count_characters() {
        assert!(Password::parse("seven77".into()).is_err());
        assert!(Password::parse("ééééäääü".into()).is_ok());
        assert_eq!(
            format!("{:?}", Password::parse("secret-secret".into()).unwrap()),
            "Password(..)"
        );
    }

    #[test]
    fn slugs() {
        assert_eq!(slug_from_name("My  Shop (EU)!"), "my-shop-eu");
        assert_eq!(slug_from_name("2026"), "project-2026");
        assert_eq!(slug_from_name("日本"), "project");
    }

    proptest! {
        #[test]
        fn slugs_fit_in_urls(name in "\\PC{1,80}") {
            let slug = slug_from_name(&name);
            prop_assert!(!slug.is_empty() && slug.len() <= 48);
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!slug.bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
