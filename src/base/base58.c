#include "base/base58.h"

#include <assert.h>
#include <string.h>

static const char alphabet[] =
	"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

size_t base58_encode(char *out, const unsigned char *p, size_t n)
{
	unsigned char digits[BASE58_MAX(64)]; // little-endian, base 58
	size_t zeros = 0, used = 0, len;

	assert(n <= 64);
	while (zeros < n && p[zeros] == 0)
		zeros++;
	for (size_t i = zeros; i < n; i++) {
		unsigned carry = p[i];

		for (size_t k = 0; k < used; k++) {
			carry += 256u * digits[k];
			digits[k] = (unsigned char)(carry % 58);
			carry /= 58;
		}
		for (; carry; carry /= 58)
			digits[used++] = (unsigned char)(carry % 58);
	}
	len = zeros + used;
	memset(out, alphabet[0], zeros);
	for (size_t k = 0; k < used; k++)
		out[zeros + k] = alphabet[digits[used - 1 - k]];
	out[len] = '\0';
	return len;
}

int base58_valid(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!s[i] || !strchr(alphabet, s[i]))
			return 0;
	return 1;
}
