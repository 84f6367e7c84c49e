#pragma once
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
int csimdjson_placeholder(void);
#ifdef __cplusplus
}
#endif
