// `wfx ware VERB ...` and `wfx store VERB ...`: wares by hand.
#ifndef WARE_FACE_H
#define WARE_FACE_H

extern const char ware_help[], store_help[]; // the verbs and their flags

int ware_main(int argc, char *argv[]);
int store_main(int argc, char *argv[]);

#endif
