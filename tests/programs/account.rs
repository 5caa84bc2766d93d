//! Bank accounts as a state machine: what may be done depends on the state.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Open,
    Frozen,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankError {
    InsufficientFunds,
    AccountFrozen,
    AccountClosed,
    InvalidAmount,
    LimitExceeded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Freeze,
    Thaw,
    Close,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    id: u32,
    status: Status,
    balance: i64,
    limit: i64,
    transactions: u32,
}

impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BankError::InsufficientFunds => write!(f, "insufficient funds"),
            BankError::AccountFrozen => write!(f, "account is frozen"),
            BankError::AccountClosed => write!(f, "account is closed"),
            BankError::InvalidAmount => write!(f, "invalid amount"),
            BankError::LimitExceeded => write!(f, "limit exceeded"),
        }
    }
}

impl Status {
    pub fn after(self, event: Event) -> Option<Status> {
        match (self, event) {
            (Status::Open, Event::Freeze) => Some(Status::Frozen),
            (Status::Frozen, Event::Thaw) => Some(Status::Open),
            (Status::Open, Event::Close) => Some(Status::Closed),
            _ => None,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Frozen => "frozen",
            Status::Closed => "closed",
        }
    }
}

impl Account {
    pub fn new(id: u32, limit: i64) -> Self {
        Account { id, status: Status::Open, balance: 0, limit, transactions: 0 }
    }

    fn usable(&self) -> Result<(), BankError> {
        match self.status {
            Status::Open => Ok(()),
            Status::Frozen => Err(BankError::AccountFrozen),
            Status::Closed => Err(BankError::AccountClosed),
        }
    }

    pub fn balance(&self) -> i64 {
        self.balance
    }

    pub fn status(&self) -> Status {
        self.status
    }

    pub fn deposit(&mut self, amount: i64) -> Result<i64, BankError> {
        self.usable()?;
        if amount <= 0 {
            return Err(BankError::InvalidAmount);
        }
        if amount > self.limit {
            return Err(BankError::LimitExceeded);
        }
        self.balance += amount;
        self.transactions += 1;
        Ok(self.balance)
    }

    pub fn withdraw(&mut self, amount: i64) -> Result<i64, BankError> {
        self.usable()?;
        if amount <= 0 {
            return Err(BankError::InvalidAmount);
        }
        if amount > self.balance {
            return Err(BankError::InsufficientFunds);
        }
        self.balance -= amount;
        self.transactions += 1;
        Ok(self.balance)
    }

    pub fn handle(&mut self, event: Event) -> bool {
        match self.status.after(event) {
            Some(next) => {
                self.status = next;
                true
            }
            None => false,
        }
    }

    pub fn transfer(&mut self, other: &mut Account, amount: i64) -> Result<(), BankError> {
        other.usable()?;
        self.withdraw(amount)?;
        other.balance += amount;
        other.transactions += 1;
        Ok(())
    }
}

pub fn total_balance(accounts: &[Account]) -> i64 {
    accounts.iter().filter(|a| a.status != Status::Closed).map(|a| a.balance).sum()
}

pub fn find_account(accounts: &[Account], id: u32) -> Option<usize> {
    accounts.iter().position(|a| a.id == id)
}

pub fn richest(accounts: &[Account]) -> Option<&Account> {
    accounts.iter().max_by_key(|a| a.balance)
}

pub fn interest_cents(balance: i64, rate_basis_points: u32, days: u32) -> i64 {
    balance * rate_basis_points as i64 * days as i64 / 3_650_000
}
