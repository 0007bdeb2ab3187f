//! Who calls, from where and with what: data alone.

/// A city that calls come from.
pub(super) struct City {
    /// In its own spelling.
    pub(super) name: &'static str,
    /// ISO 3166-1 alpha-2.
    pub(super) country: &'static str,
    /// `NA`, `EU`, `APAC` or `LATAM`.
    pub(super) region: &'static str,
}

const fn city(name: &'static str, country: &'static str, region: &'static str) -> City {
    City { name, country, region }
}

/// Twelve cities on four continents.
pub(super) const CITIES: [City; 12] = [
    city("New York", "US", "NA"),
    city("San Francisco", "US", "NA"),
    city("Chicago", "US", "NA"),
    city("London", "GB", "EU"),
    city("Berlin", "DE", "EU"),
    city("Paris", "FR", "EU"),
    city("Singapore", "SG", "APAC"),
    city("Tokyo", "JP", "APAC"),
    city("Mumbai", "IN", "APAC"),
    city("Sydney", "AU", "APAC"),
    city("São Paulo", "BR", "LATAM"),
    city("Toronto", "CA", "NA"),
];

/// A kind of device and the user agents it calls with.
pub(super) struct Device {
    /// `desktop`, `mobile`, ...
    pub(super) kind: &'static str,
    /// Two of them each.
    pub(super) user_agents: [&'static str; 2],
}

/// Five kinds of device; ten user agents in all.
pub(super) const DEVICES: [Device; 5] = [
    Device {
        kind: "desktop",
        user_agents: [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ],
    },
    Device {
        kind: "mobile",
        user_agents: [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36",
        ],
    },
    Device {
        kind: "tablet",
        user_agents: [
            "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        ],
    },
    Device {
        kind: "api_client",
        user_agents: ["python-requests/2.32.4", "okhttp/5.1.0"],
    },
    Device {
        kind: "bot",
        user_agents: [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "curl/8.14.1",
        ],
    },
];

/// Networks set aside for documentation (RFC 5737): no caller is a real machine.
pub(super) const NETWORKS: [&str; 3] = ["192.0.2", "198.51.100", "203.0.113"];
