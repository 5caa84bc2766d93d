//! Date arithmetic in the proleptic Gregorian calendar.

use std::cmp::Ordering;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    pub year: i32,
    pub month: u8,
    pub day: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateError {
    BadMonth,
    BadDay,
    Malformed,
}

pub const fn is_leap_year(year: i32) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

pub fn days_in_month(year: i32, month: u8) -> Option<u8> {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if is_leap_year(year) { 29 } else { 28 }),
        _ => None,
    }
}

impl Weekday {
    pub fn from_index(index: u32) -> Weekday {
        match index % 7 {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    pub fn is_weekend(self) -> bool {
        matches!(self, Weekday::Saturday | Weekday::Sunday)
    }

    pub fn next(self) -> Weekday {
        Weekday::from_index(self as u32 + 1)
    }

    pub fn days_until(self, other: Weekday) -> u32 {
        (7 + other as u32 - self as u32) % 7
    }
}

impl Date {
    pub fn new(year: i32, month: u8, day: u8) -> Result<Date, DateError> {
        let most = days_in_month(year, month).ok_or(DateError::BadMonth)?;
        if day == 0 || day > most {
            return Err(DateError::BadDay);
        }
        Ok(Date { year, month, day })
    }

    /// Days since the first of March of the year 0.
    pub fn day_number(&self) -> i64 {
        let y = if self.month <= 2 { self.year as i64 - 1 } else { self.year as i64 };
        let era = y.div_euclid(400);
        let of_era = y.rem_euclid(400);
        let month = (self.month as i64 + 9) % 12;
        let of_year = (153 * month + 2) / 5 + self.day as i64 - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
    }

    pub fn from_day_number(number: i64) -> Date {
        let era = number.div_euclid(146_097);
        let of_era = number.rem_euclid(146_097);
        let y = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * y + y / 4 - y / 100);
        let m = (5 * of_year + 2) / 153;
        let day = (of_year - (153 * m + 2) / 5 + 1) as u8;
        let month = if m < 10 { m + 3 } else { m - 9 } as u8;
        let year = (y + era * 400) as i32 + (month <= 2) as i32;
        Date { year, month, day }
    }

    pub fn plus_days(self, days: i64) -> Date {
        Date::from_day_number(self.day_number() + days)
    }

    pub fn weekday(&self) -> Weekday {
        Weekday::from_index((self.day_number() + 2).rem_euclid(7) as u32)
    }

    pub fn day_of_year(&self) -> u16 {
        const BEFORE: [u16; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
        let mut day = BEFORE[(self.month as usize + 11) % 12] + self.day as u16;
        if self.month > 2 && is_leap_year(self.year) {
            day += 1;
        }
        day
    }

    pub fn quarter(&self) -> u8 {
        (self.month - 1) / 3 + 1
    }

    /// `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Date, DateError> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(DateError::Malformed);
        }
        let number = |from: usize, to: usize| -> Result<u32, DateError> {
            let mut value = 0;
            for &b in &bytes[from..to] {
                if !b.is_ascii_digit() {
                    return Err(DateError::Malformed);
                }
                value = value * 10 + (b - b'0') as u32;
            }
            Ok(value)
        };
        Date::new(number(0, 4)? as i32, number(5, 7)? as u8, number(8, 10)? as u8)
    }
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Date) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Date) -> Ordering {
        (self.year, self.month, self.day).cmp(&(other.year, other.month, other.day))
    }
}

pub fn days_between(from: Date, to: Date) -> i64 {
    to.day_number() - from.day_number()
}

pub fn age(born: &Date, on: &Date) -> Option<u32> {
    if on < born {
        return None;
    }
    let years = on.year.wrapping_sub(born.year);
    let had_birthday = (on.month, on.day) >= (born.month, born.day);
    Some((if had_birthday { years } else { years - 1 }) as u32)
}

pub fn easter(year: i32) -> (u8, u8) {
    let a = year % 19;
    let b = year / 100;
    let c = year % 100;
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    ((n / 31) as u8, (n % 31 + 1) as u8)
}
