"""The words of sentences around an answer, and the functions that answers call."""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


FUNCTIONS = {
    "floor": "floor", "Floor": "floor", "ceil": "ceil", "ceiling": "ceil", "Ceil": "ceil", "int": "int", "trunc": "int",
    "max": "max", "min": "min", "Max": "max", "Min": "min", "sqrt": "sqrt", "abs": "abs", "pow": "pow", "mod": "mod",
    "factorial": "factorial", "binom": "binomial", "binomial": "binomial", "comb": "binomial", "nCr": "binomial",
}  # fmt: skip
COMBINATIONS = "C"  # C(n, 2), where no symbol has that name
# What functions of spreadsheets do.
TABLE_FUNCTIONS = {
    "SUM": "plus", "PRODUCT": "times", "POWER": "pow", "INT": "floor", "TRUNC": "int", "ROUNDDOWN": "rounddown",
    "QUOTIENT": "quotient", "MOD": "mod", "MAX": "max", "MIN": "min", "ABS": "abs", "SQRT": "sqrt",
    "COMBIN": "binomial", "SUMME": "plus", "SOMME": "plus", "SUMA": "plus", "PRODUKT": "times", "PRODUIT": "times",
    "PRODUCTO": "times", "POTENZ": "pow", "PUISSANCE": "pow", "POTENCIA": "pow", "GANZZAHL": "floor", "ENT": "floor",
    "ENTERO": "floor", "KÜRZEN": "int", "ABRUNDEN": "rounddown", "REST": "mod", "WURZEL": "sqrt",
}  # fmt: skip
UNKNOWN_FUNCTIONS = listed(
    """
    log ln lg log2 log10 exp sin cos tan round gcd lcm len range math fix
    """
)
# How orders of growth are written.
ORDERS = {"O": "O", "Θ": "Θ", "Ω": "Ω", "o": "o", "Theta": "Θ", "Omega": "Ω"}
SUMMED = {"Sum": "sum", "sum": "sum", "summation": "sum", "Product": "prod", "prod": "prod", "product": "prod"}
CALLED = frozenset((*FUNCTIONS, *TABLE_FUNCTIONS, *SUMMED, *UNKNOWN_FUNCTIONS))

# Words that say what an answer is, before it or behind it, and change nothing.
FILLERS = listed(
    """
    the a an answer ans result solution is are equals it there has have total totals in of number count so
    thus hence therefore we get gives yields which exactly final output outputs input size sizes shape
    dimension dimensions params parameters weights macs flops layer layers each all network model net conv
    convolution needs i think altogether overall required trainable learnable die der das antwort ist sind
    ergebnis insgesamt also anzahl la el le les réponse est sont il y a respuesta es son hay total soit
    environ feature map spatial per image pixels and-so y= result: compute cost complexity order on
    saving savings reduction tensor
    """
) - {"i", "think", "and-so", "y=", "result:"}
# What labels name, by the quantity; units name more of them.
QUANTITY_WORDS = {
    "bias": "biases", "height": "height", "width": "width", "length": "length", "size": "size", "sizes": "size",
    "shape": "output", "channels": "channels", "depth": "depth", "field": "receptive_field", "rf": "receptive_field",
    "jump": "jump", "neurons": "neurons", "memory": "bytes", "c": "channels", "c_in": "channels", "c_out": "channels",
    "cin": "channels", "cout": "channels", "h": "height", "w": "width", "h_out": "height", "w_out": "width",
}  # fmt: skip
# Words of labels that say nothing, or name what units and quantities do not.
LABEL_WORDS = listed(
    """
    receptive my final overall solution value values count amount dimension dim spatial tensor pooling pool stride
    kernel padding batch first second third last next block stage step learned learnt learnable parametrer nombre
    número numero nummer number zahl respuesta réponse resposta risposta totale totales gesamt gesamtzahl ausgabe
    größe groesse salida sortie taille tamaño cantidad computational required operations in out h w r answer1
    """
)
NEXT_LABEL = " = "  # parts the labels of a chain: H_out = W_out = 28
NUMBERS = {
    word: number
    for line in (
        "one two three four five six seven eight nine ten eleven twelve",
        "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "un deux trois quatre cinq six sept huit neuf dix onze douze",
        "uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
    )
    for number, word in enumerate(line.split(), start=1)
}
# Signs in words, between two factors or terms.
SIGNS = {
    **dict.fromkeys(("times", "mal", "fois", "por"), ("TIMES", "*")),
    **dict.fromkeys(("plus", "más"), ("SIGN", "+")),
    **dict.fromkeys(("minus", "moins", "menos", "less"), ("SIGN", "-")),
}
# Powers in words, behind a factor; and what says that an exponent follows.
CHINESE_POWERS = {"的平方": 2, "平方": 2, "的立方": 3, "立方": 3}
POWERS = {
    "squared": 2, "cubed": 3, "quadrat": 2, "zum quadrat": 2, "au carré": 2, "au cube": 3, "al cuadrado": 2,
    "al cubo": 3, **CHINESE_POWERS,
}  # fmt: skip
RAISED = ("hoch", "to the power of", "to the power", "elevado a", "puissance")
CHINESE_SIGNS = {"乘以": ("TIMES", "*"), "乘": ("TIMES", "*"), "除以": ("TIMES", "/"), "加上": ("SIGN", "+"),
    "加": ("SIGN", "+"), "减去": ("SIGN", "-"), "减": ("SIGN", "-")}  # fmt: skip
# The axes of a shape by their words; `depth` is that of the channels where no word for these is used.
AXIS_WORDS = {
    **dict.fromkeys(
        ("c", "channels", "channel", "kanäle", "canaux", "canales", "通道", "通道数", "filters", "maps"), "C"
    ),
    **dict.fromkeys(("h", "height", "höhe", "hauteur", "altura", "alto", "高", "高度", "rows"), "H"),
    **dict.fromkeys(("w", "width", "breite", "largeur", "anchura", "ancho", "宽", "宽度", "columns", "cols"), "W"),
    **dict.fromkeys(("depth", "tiefe", "profondeur", "profundidad", "深度", "d"), "D"),
    **dict.fromkeys(("n", "batch", "批大小"), "N"),
}
CHANNEL_WORDS = listed(
    """
    channels channel feature features maps map filters kanäle kanälen canaux canales canali 通道 个通道 通道数
    featuremaps feature-maps 特征图 个特征图
    """
)
# What stands between a number of channels and the other sizes: 24×24 with 32 channels, 32 maps of size 24×24.
SIZE_JOINTS = listed(
    """
    with of and each size sizes at mit und der die größe je à de avec et taille con y por spatial dimension
    dimensions by pixels px 大小 大小为 尺寸 尺寸为 每个 的 和
    """
)
# Kinds of layers, as they are counted: 3 conv + 1 fc.
LAYER_KINDS = listed(
    "conv convs convolutional convolution convolutions fc fcs dense linear fully connected hidden faltungs"
)
FALSE_WORDS = listed("wrong not false incorrect never no falsch falso faux")
APPROXIMATE = listed(
    """
    about approximately approx approx. roughly around circa ca ca. etwa ungefähr environ nearly
    """
)
COPULAS = listed("is are has have equals ist sind hat es est")
BETWEEN = listed("is equals ist est")  # two sides
PERCENT = listed("percent pct prozent")
HEDGES = listed(
    """
    maybe perhaps probably possibly presumably likely might guess guessed believe suppose should idk dunno unsure think
    vielleicht wahrscheinlich vermutlich peut-être quizás tal vez
    """
)
NEGATIONS = listed("not no if unless")
ALTERNATIVES = listed("or either oder ou")
CODE = listed(
    """
    lambda import def print eval exec return class for while open os sys select drop
    """
)
SEVERAL = listed(
    """
    and und et vs versus
    """
)
CHINESE_IS = ("等于", "是", "为", "為", "得", "＝")
CHINESE_ABOUT = ("约等于", "約等於", "大约", "大約", "约为", "約為", "约", "約", "近似", "≈")
CHINESE_HEDGES = ("或者", "或", "可能", "也许", "大概", "不知道", "还是", "吗")
CHINESE_ROUNDED = {"向下取整": "FLOOR", "下取整": "FLOOR", "向上取整": "CEILING", "上取整": "CEILING", "取整": "FLOOR"}
ROUNDED = {"down": "FLOOR", "up": "CEILING"}  # behind `rounded`
ROUNDED_WORDS = {"abgerundet": "FLOOR", "aufgerundet": "CEILING"}
CHINESE_SEVERAL = ("和", "与", "及")
CHINESE_FILLERS = (
    "答案", "答", "结果", "共有", "一共", "总共", "总", "共", "有", "参数量", "参数", "數量", "数量", "的", "所以",
    "因此", "输出", "输入", "大小", "尺寸", "计算量", "网络", "该", "层", "卷积", "边长", "通道数",
)  # fmt: skip
