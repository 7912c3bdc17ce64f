#include <stdlib.h>
#include <string.h>

int main(int argc, char *argv[])
{
	return argc == 3 && strncmp(argv[2], "exit ", 5) == 0 ? atoi(argv[2] + 5) : 0;
}
