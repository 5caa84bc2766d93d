const std = @import("std");

const CivilDate = extern struct { year: i32, month: i32, day: i32 };
const ClockTime = extern struct { days: u32, hour: u8, minute: u8, second: u8 };

fn is_gregorian_leap(year: i32) bool {
    return year & 3 == 0 and (@rem(year, 100) != 0 or @rem(year, 400) == 0);
}

/// Alternates between 31 and 30 with a hiccup after July.
fn last_day_of_month(year: i32, month: i32) i32 {
    if (month < 1 or month > 12) return 0;
    if (month == 2) return @as(i32, 28) + @intFromBool(is_gregorian_leap(year));
    return 30 + ((month ^ (month >> 3)) & 1);
}

fn civil_date_valid(date: *const CivilDate) bool {
    if (date.year < 1 or date.year > 9999) return false;
    return date.day >= 1 and date.day <= last_day_of_month(date.year, date.month);
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
fn days_from_civil(year: i16, month: u8, day: u8) i32 {
    const y = @as(i32, year) - @intFromBool(month <= 2);
    const era = @divFloor(y, 400);
    const yoe: u32 = @intCast(y - era * 400);
    const shifted: u32 = if (month > 2) month - 3 else month + 9;
    const doy = @as(i32, @intCast((153 * shifted + 2) / 5)) + day - 1;
    const doe = @as(i32, @intCast(yoe * 365 + yoe / 4 - yoe / 100)) + doy;
    return era * 146097 + doe - 719468;
}

fn civil_from_days(days: u32, out: *CivilDate) void {
    const z = @as(u64, days) + 719468;
    const era: u32 = @intCast(z / 146097);
    const doe: u32 = @intCast(z % 146097);
    const yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const mp = (5 * doy + 2) / 153;
    out.day = @intCast(doy - (153 * mp + 2) / 5 + 1);
    out.month = @intCast(if (mp < 10) mp + 3 else mp - 9);
    out.year = @intCast(yoe + era * 400 + @intFromBool(out.month <= 2));
}

/// Zeller's congruence, 0 is Saturday.
fn zeller_weekday(year: u16, month: u8, day: u8) u8 {
    var y = @as(u32, year) + 400;
    var m: u32 = month;
    if (m < 3) {
        m += 12;
        y -= 1;
    }
    const k = y % 100;
    const j = y / 100;
    return @intCast((day + 13 * (m + 1) / 5 + k + k / 4 + j / 4 + 5 * j) % 7);
}

fn split_unix_seconds(timestamp: u32, out: *ClockTime) void {
    out.days = timestamp / 86400;
    const rest = timestamp % 86400;
    out.hour = @intCast(rest / 3600);
    out.minute = @intCast(rest / 60 % 60);
    out.second = @intCast(rest % 60);
}

/// 1 for the first of January; 0 for a month that does not exist.
fn ordinal_day(date: *const CivilDate) i32 {
    if (date.month < 1 or date.month > 12) return 0;
    var total = date.day;
    var m: i32 = 1;
    while (m < date.month) : (m += 1) total +%= last_day_of_month(date.year, m);
    return total;
}

/// ISO 8601 week from the ordinal day and the weekday (1 is Monday).
fn iso_week_number(year: i16, ordinal: i16, weekday: u8) i32 {
    const week = @divTrunc(@as(i32, ordinal) - weekday + 10, 7);
    if (week < 1) {
        return if (is_gregorian_leap(@as(i32, year) - 1) and weekday == 6) 53 else 52;
    }
    if (week == 53) {
        const length: i32 = if (is_gregorian_leap(year)) 366 else 365;
        if (length - ordinal < 4 - @as(i32, weekday)) return 1;
    }
    return week;
}

/// Moves by months and clips the day to the end of the month reached.
fn add_months_clipped(date: *CivilDate, months: i16) void {
    const index = @as(i64, date.year) *% 12 + date.month - 1 + months;
    date.year = @truncate(@divFloor(index, 12));
    date.month = @intCast(@mod(index, 12) + 1);
    date.day = @min(date.day, last_day_of_month(date.year, date.month));
}

/// FAT file system time stamp: date in the high half, two second steps.
fn pack_dos_datetime(date: *const CivilDate, hour: u8, minute: u8, second: u8) u32 {
    const years: u32 = @intCast(std.math.clamp(date.year, 1980, 2107) - 1980);
    const month: u32 = @intCast(date.month & 15);
    const day: u32 = @intCast(date.day & 31);
    const clock = @as(u32, hour & 31) << 11 | @as(u32, minute & 63) << 5 | (second & 63) >> 1;
    return years << 25 | month << 21 | day << 16 | clock;
}

/// Returns month * 100 + day of Easter Sunday.
fn easter_sunday(year: u16) i32 {
    const a: u32 = year % 19;
    const b: u32 = year / 100;
    const c: u32 = year % 100;
    const g = (8 * b + 13) / 25;
    const h = (19 * a + b - b / 4 - g + 15) % 30;
    const l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    const m = (a + 11 * h + 22 * l) / 451;
    const days = h + l + 114 - 7 * m;
    return @intCast(days / 31 * 100 + days % 31 + 1);
}

/// Is the minute of the day inside a window that may run over midnight?
fn in_daily_window(minute: u16, opens: u16, closes: u16) bool {
    if (opens <= closes) return minute >= opens and minute < closes;
    return minute >= opens or minute < closes;
}

/// Writes mm:ss, or h:mm:ss from an hour on; returns the length, 0 if it does not fit.
fn format_duration(text: []i8, seconds: u16) i32 {
    const hours: i8 = @intCast(seconds / 3600);
    const minutes: i8 = @intCast(seconds / 60 % 60);
    const rest: i8 = @intCast(seconds % 60);
    const needed: usize = if (hours >= 10) 8 else if (hours > 0) 7 else 5;
    if (text.len < needed) return 0;
    var i: usize = 0;
    if (hours >= 10) {
        text[i] = '0' + @divTrunc(hours, 10);
        i += 1;
    }
    if (hours > 0) {
        text[i] = '0' + @rem(hours, 10);
        text[i + 1] = ':';
        i += 2;
    }
    text[i] = '0' + @divTrunc(minutes, 10);
    text[i + 1] = '0' + @rem(minutes, 10);
    text[i + 2] = ':';
    text[i + 3] = '0' + @divTrunc(rest, 10);
    text[i + 4] = '0' + @rem(rest, 10);
    return @intCast(needed);
}

/// Fraction field of an NTP time stamp to microseconds.
fn ntp_fraction_to_micros(fraction: u32) u32 {
    return @intCast((@as(u64, fraction) *% 1000000 + 0x80000000) >> 32);
}

/// Has a free running millisecond counter passed the deadline, wrap-around included?
fn deadline_passed(now: u32, deadline: u32) bool {
    return @as(i32, @bitCast(now -% deadline)) >= 0;
}
