typedef int formula_placeholder;
