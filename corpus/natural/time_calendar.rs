#[repr(C)]
#[derive(Clone, Copy)]
pub struct CivilDate {
    pub year: i32,
    pub month: i32,
    pub day: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ClockTime {
    pub days: u32,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

pub fn is_gregorian_leap(year: i32) -> bool {
    year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Alternates between 31 and 30 with a hiccup after July.
pub fn last_day_of_month(year: i32, month: i32) -> i32 {
    match month {
        2 => 28 + is_gregorian_leap(year) as i32,
        1..=12 => 30 + ((month ^ (month >> 3)) & 1),
        _ => 0,
    }
}

pub fn civil_date_valid(date: &CivilDate) -> bool {
    (1..=9999).contains(&date.year) && date.day >= 1 && date.day <= last_day_of_month(date.year, date.month)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
pub fn days_from_civil(year: i16, month: u8, day: u8) -> i32 {
    let y = year as i32 - (month <= 2) as i32;
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let month = month as i32;
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let doy = (153 * shifted + 2) / 5 + day as i32 - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146097 + doe - 719468
}

pub fn civil_from_days(days: u32, out: &mut CivilDate) {
    let z = days as u64 + 719468;
    let era = (z / 146097) as u32;
    let doe = (z % 146097) as u32;
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    out.day = (doy - (153 * mp + 2) / 5 + 1) as i32;
    out.month = if mp < 10 { mp + 3 } else { mp - 9 } as i32;
    out.year = (yoe + era * 400) as i32 + (out.month <= 2) as i32;
}

/// Zeller's congruence, 0 is Saturday.
pub fn zeller_weekday(year: u16, month: u8, day: u8) -> u8 {
    let mut y = year as u32 + 400;
    let mut m = month as u32;
    if m < 3 {
        m += 12;
        y -= 1;
    }
    let k = y % 100;
    let j = y / 100;
    ((day as u32 + 13 * (m + 1) / 5 + k + k / 4 + j / 4 + 5 * j) % 7) as u8
}

pub fn split_unix_seconds(timestamp: u32, out: &mut ClockTime) {
    let rest = timestamp % 86400;
    out.days = timestamp / 86400;
    out.hour = (rest / 3600) as u8;
    out.minute = (rest % 3600 / 60) as u8;
    out.second = (rest % 60) as u8;
}

/// 1 for the first of January; 0 for a month that does not exist.
pub fn ordinal_day(date: &CivilDate) -> i32 {
    if !(1..=12).contains(&date.month) {
        return 0;
    }
    let mut total = date.day;
    for m in 1..date.month {
        total = total.wrapping_add(last_day_of_month(date.year, m));
    }
    total
}

/// ISO 8601 week from the ordinal day and the weekday (1 is Monday).
pub fn iso_week_number(year: i16, ordinal: i16, weekday: u8) -> i32 {
    let year = year as i32;
    let ordinal = ordinal as i32;
    let weekday = weekday as i32;
    let week = (ordinal - weekday + 10) / 7;
    if week < 1 {
        return if is_gregorian_leap(year - 1) && weekday == 6 { 53 } else { 52 };
    }
    if week == 53 {
        let length = if is_gregorian_leap(year) { 366 } else { 365 };
        if length - ordinal < 4 - weekday {
            return 1;
        }
    }
    week
}

/// Moves by months and clips the day to the end of the month reached.
pub fn add_months_clipped(date: &mut CivilDate, months: i16) {
    let index = date.year as i64 * 12 + date.month as i64 - 1 + months as i64;
    date.year = index.div_euclid(12) as i32;
    date.month = index.rem_euclid(12) as i32 + 1;
    date.day = date.day.min(last_day_of_month(date.year, date.month));
}

/// FAT file system time stamp: date in the high half, two second steps.
pub fn pack_dos_datetime(date: &CivilDate, hour: u8, minute: u8, second: u8) -> u32 {
    let years = date.year.clamp(1980, 2107) as u32 - 1980;
    let day_half = years << 9 | (date.month as u32 & 15) << 5 | (date.day as u32 & 31);
    let time_half = (hour as u32 & 31) << 11 | (minute as u32 & 63) << 5 | (second as u32 & 63) >> 1;
    day_half << 16 | time_half
}

/// Returns month * 100 + day of Easter Sunday.
pub fn easter_sunday(year: u16) -> i32 {
    let year = year as i32;
    let a = year % 19;
    let b = year / 100;
    let c = year % 100;
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - b / 4 - g + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let days = h + l - 7 * m + 114;
    days / 31 * 100 + days % 31 + 1
}

/// Is the minute of the day inside a window that may run over midnight?
pub fn in_daily_window(minute: u16, opens: u16, closes: u16) -> bool {
    if opens <= closes {
        (opens..closes).contains(&minute)
    } else {
        minute >= opens || minute < closes
    }
}

/// Writes mm:ss, or h:mm:ss from an hour on; returns the length, 0 if it does not fit.
pub fn format_duration(text: &mut [i8], seconds: u16) -> i32 {
    let hours = (seconds / 3600) as i8;
    let minutes = (seconds / 60 % 60) as i8;
    let rest = (seconds % 60) as i8;
    let needed = match hours {
        0 => 5,
        1..=9 => 7,
        _ => 8,
    };
    if text.len() < needed {
        return 0;
    }
    let zero = b'0' as i8;
    let mut i = 0;
    if hours >= 10 {
        text[i] = zero + hours / 10;
        i += 1;
    }
    if hours > 0 {
        text[i] = zero + hours % 10;
        text[i + 1] = b':' as i8;
        i += 2;
    }
    text[i] = zero + minutes / 10;
    text[i + 1] = zero + minutes % 10;
    text[i + 2] = b':' as i8;
    text[i + 3] = zero + rest / 10;
    text[i + 4] = zero + rest % 10;
    i as i32 + 5
}

/// Fraction field of an NTP time stamp to microseconds.
pub fn ntp_fraction_to_micros(fraction: u32) -> u32 {
    ((fraction as u64 * 1_000_000 + 0x8000_0000) >> 32) as u32
}

/// Has a free running millisecond counter passed the deadline, wrap-around included?
pub fn deadline_passed(now: u32, deadline: u32) -> bool {
    now.wrapping_sub(deadline) as i32 >= 0
}
