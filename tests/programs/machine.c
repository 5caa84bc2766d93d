/* A small stack machine: a switch over opcodes, state in a struct. */
#include <stdbool.h>
#include <stdint.h>

enum opcode { HALT, PUSH, POP, ADD, SUB, MUL, DIV, DUP, SWAP, JUMP, JUMP_IF, LOAD, STORE, LESS, CALL, RET };
enum status { RUNNING, DONE, OVERFLOWED, UNDERFLOWED, BAD_OPCODE, BAD_JUMP, DIVISION };

struct machine {
    int32_t stack[32];
    int32_t memory[16];
    int32_t returns[8];
    int top;
    int calls;
    int pc;
    enum status status;
};

void machine_reset(struct machine *m) {
    m->top = 0;
    m->calls = 0;
    m->pc = 0;
    m->status = RUNNING;
    for (int i = 0; i < 16; i++)
        m->memory[i] = 0;
}

static bool push(struct machine *m, int32_t value) {
    if (m->top < 0 || m->top >= 32) {
        m->status = OVERFLOWED;
        return false;
    }
    m->stack[m->top++] = value;
    return true;
}

static int32_t pop(struct machine *m) {
    if (m->top <= 0 || m->top > 32) {
        m->status = UNDERFLOWED;
        return 0;
    }
    return m->stack[--m->top];
}

static void jump(struct machine *m, int to, int length) {
    if (to < 0 || to >= length)
        m->status = BAD_JUMP;
    else
        m->pc = to;
}

void machine_step(struct machine *m, const int8_t *code, int length) {
    if (m->status != RUNNING)
        return;
    if (m->pc < 0 || m->pc >= length) {
        m->status = BAD_JUMP;
        return;
    }
    int8_t op = code[m->pc++];
    int8_t operand = m->pc < length ? code[m->pc] : 0;
    int32_t a, b;
    switch ((enum opcode)op) {
    case HALT:
        m->status = DONE;
        break;
    case PUSH:
        m->pc++;
        push(m, operand);
        break;
    case POP:
        pop(m);
        break;
    case ADD:
        b = pop(m);
        a = pop(m);
        push(m, (int32_t)((uint32_t)a + (uint32_t)b));
        break;
    case SUB:
        b = pop(m);
        a = pop(m);
        push(m, (int32_t)((uint32_t)a - (uint32_t)b));
        break;
    case MUL:
        b = pop(m);
        a = pop(m);
        push(m, (int32_t)((uint32_t)a * (uint32_t)b));
        break;
    case DIV:
        b = pop(m);
        a = pop(m);
        if (b == 0 || (b == -1 && a == INT32_MIN))
            m->status = DIVISION;
        else
            push(m, a / b);
        break;
    case DUP:
        a = pop(m);
        if (push(m, a))
            push(m, a);
        break;
    case SWAP:
        b = pop(m);
        a = pop(m);
        push(m, b);
        push(m, a);
        break;
    case JUMP:
        jump(m, operand, length);
        break;
    case JUMP_IF:
        m->pc++;
        if (pop(m))
            jump(m, operand, length);
        break;
    case LOAD:
        m->pc++;
        push(m, m->memory[operand & 15]);
        break;
    case STORE:
        m->pc++;
        m->memory[operand & 15] = pop(m);
        break;
    case LESS:
        b = pop(m);
        a = pop(m);
        push(m, a < b);
        break;
    case CALL:
        if (m->calls < 0 || m->calls >= 8) {
            m->status = OVERFLOWED;
            break;
        }
        m->returns[m->calls++] = m->pc + 1;
        jump(m, operand, length);
        break;
    case RET:
        if (m->calls <= 0 || m->calls > 8) {
            m->status = UNDERFLOWED;
            break;
        }
        jump(m, m->returns[--m->calls], length);
        break;
    default:
        m->status = BAD_OPCODE;
    }
}

int machine_run(struct machine *m, const int8_t *code, int length, int limit) {
    int steps = 0;
    while (m->status == RUNNING && steps < limit) {
        machine_step(m, code, length);
        steps++;
    }
    return steps;
}

int32_t machine_result(const struct machine *m) {
    return m->top > 0 && m->top <= 32 ? m->stack[m->top - 1] : 0;
}
