from jupyter_prov.check.compare.text import compare as compare
