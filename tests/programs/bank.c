/* Accounts, and a ledger of what happened to them. */
#include <stdio.h>
#include <string.h>

#define ACCOUNTS 10
#define ENTRIES 64

typedef enum { DEPOSIT, WITHDRAW, TRANSFER } Action;

typedef struct {
    int number;
    double balance;
    int open;
} Account;

typedef struct {
    Action action;
    int from, to;
    double amount;
} Entry;

static Account accounts[ACCOUNTS];
static int account_count;
static Entry ledger[ENTRIES];
static int entry_count;
static const char *action_names[] = {"deposit", "withdraw", "transfer"};

static void record(Action action, int from, int to, double amount) {
    if (entry_count < ENTRIES) {
        ledger[entry_count].action = action;
        ledger[entry_count].from = from;
        ledger[entry_count].to = to;
        ledger[entry_count].amount = amount;
        entry_count++;
    }
}

int open_account(double first) {
    if (account_count >= ACCOUNTS || first < 0) return -1;
    accounts[account_count].number = 1000 + account_count;
    accounts[account_count].balance = first;
    accounts[account_count].open = 1;
    record(DEPOSIT, -1, account_count, first);
    return account_count++;
}

int deposit(int i, double amount) {
    if (i < 0 || i >= account_count || amount <= 0) return 0;
    accounts[i].balance += amount;
    record(DEPOSIT, -1, i, amount);
    return 1;
}

int withdraw(int i, double amount) {
    if (i < 0 || i >= account_count || amount <= 0 || accounts[i].balance < amount) {
        printf("cannot withdraw %.2f\n", amount);
        return 0;
    }
    accounts[i].balance -= amount;
    record(WITHDRAW, i, -1, amount);
    return 1;
}

int transfer(int from, int to, double amount) {
    if (from == to || from < 0 || to < 0 || from >= account_count || to >= account_count) return 0;
    if (accounts[from].balance < amount || amount <= 0) return 0;
    accounts[from].balance -= amount;
    accounts[to].balance += amount;
    record(TRANSFER, from, to, amount);
    return 1;
}

double total(void) {
    double sum = 0;
    for (int i = 0; i < account_count; i++) sum += accounts[i].balance;
    return sum;
}

void print_ledger(void) {
    for (int i = 0; i < entry_count; i++) {
        const Entry *e = &ledger[i];
        printf("%2d. %-10s %3d -> %3d %10.2f\n", i + 1, action_names[e->action], e->from, e->to, e->amount);
    }
}

int main(void) {
    int a = open_account(100.0);
    int b = open_account(50.5);
    deposit(a, 25);
    withdraw(b, 10);
    transfer(a, b, 75);
    print_ledger();
    printf("total: %.2f\n", total());
    return 0;
}
