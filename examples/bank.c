#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ACCOUNTS 16

typedef struct {
    int id;
    char owner[32];
    double balance;
} Account;

static Account accounts[MAX_ACCOUNTS];
static int account_count = 0;

int open_account(const char *owner, double initial) {
    if (account_count >= MAX_ACCOUNTS) return -1;
    Account *a = &accounts[account_count];
    a->id = account_count + 1;
    strncpy(a->owner, owner, sizeof a->owner - 1);
    a->owner[31] = '\0';
    a->balance = initial;
    account_count++;
    return a->id;
}

Account *find_account(int id) {
    for (int i = 0; i < account_count; i++)
        if (accounts[i].id == id) return &accounts[i];
    return NULL;
}

int transfer(int from, int to, double amount) {
    Account *a = find_account(from), *b = find_account(to);
    if (!a || !b || amount <= 0 || a->balance < amount) return 0;
    a->balance -= amount;
    b->balance += amount;
    return 1;
}

double total(void) {
    double t = 0;
    for (int i = 0; i < account_count; i++) t += accounts[i].balance;
    return t;
}

void print_all(void) {
    for (int i = 0; i < account_count; i++)
        printf("%2d %-10s %.2f\n", accounts[i].id, accounts[i].owner, accounts[i].balance);
}

int main(void) {
    open_account("Ann", 100);
    open_account("Bob", 50.5);
    if (transfer(1, 2, 30)) printf("ok\n"); else printf("failed\n");
    print_all();
    printf("total %.2f\n", total());
    return 0;
}
