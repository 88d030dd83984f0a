"""Units and scales as people write them: GFLOPs, MMACs, MiB, params, 万, million, and words for nothing."""

from __future__ import annotations

import re
from functools import lru_cache

from symcnn.answers.reading import Unit
from symcnn.answers.vocabulary import listed

_DECIMAL = {"k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_BINARY = {"Ki": 2**10, "ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}
_SPELT = {"kilo": 10**3, "mega": 10**6, "giga": 10**9, "tera": 10**12,
    "kibi": 2**10, "mebi": 2**20, "gibi": 2**30, "tebi": 2**40}  # fmt: skip
_CHINESE_PREFIXES = {"千": 10**3, "兆": 10**6, "吉": 10**9, "太": 10**12}  # before bytes and bits
_PREFIXES = {**_SPELT, **_BINARY, **_DECIMAL, "": 1}
_SMALL = {"kb": "kB", "mb": "MB", "gb": "GB", "tb": "TB"}  # how bytes are typed; bits are written out

# What a number may be scaled by; the short ones stand directly behind it or before a unit.
SCALES = {
    **_DECIMAL,
    **_BINARY,
    "thousand": 10**3, "million": 10**6, "millions": 10**6, "mio": 10**6, "mn": 10**6, "mln": 10**6,
    "millionen": 10**6, "millones": 10**6, "millón": 10**6, "milhões": 10**6, "milioni": 10**6,
    "billion": 10**9, "billions": 10**9, "bn": 10**9, "mrd": 10**9, "milliarden": 10**9, "milliarde": 10**9,
    "milliard": 10**9, "milliards": 10**9, "miliardi": 10**9, "trillion": 10**12, "tausend": 10**3, "tsd": 10**3,
    "mille": 10**3, "mil": 10**3,
}  # fmt: skip
LETTER_SCALES = frozenset((*_DECIMAL, *_BINARY))
CHINESE_SCALES = {"千": 10**3, "万": 10**4, "萬": 10**4, "百万": 10**6, "百萬": 10**6, "千万": 10**7, "千萬": 10**7,
    "亿": 10**8, "億": 10**8, "十亿": 10**9, "兆": 10**12}  # fmt: skip

# Bases that may have a prefix, by the quantity they measure; `bytes` and `bits` are words, B is not always a byte.
_BASES = {
    "flops": listed("""
        FLOPs FLOP flops flop Flops Flop FLOPS
    """),
    "macs": listed("""
        MACs MAC macs mac Macs Mac MACCs MACC MAdds MAdd Madds Madd madds madd MACS multiply-adds mult-adds
    """),
    "params": listed("""
        params param parameters parameter Params Param Parameters Parameter PARAMS
    """),
    "bytes": listed("""
        B bytes byte Bytes Byte BYTES octets octet o
    """),
    "bits": listed("""
        bit bits Bit Bits
    """),
    "operations": listed("""
        ops OPs Ops operations operation Operations OPS
    """),
}
# Of several words.
_PHRASES = {
    "params": frozenset(("weights and biases",)),
    "weight_layers": frozenset((
        "weight layers", "weighted layers", "weight layer", "parameter layers", "parametric layers",
        "parameterized layers", "layers with weights", "layers with parameters", "gewichtete Schichten",
        "Schichten mit Gewichten", "couches avec poids", "couches à poids", "capas con pesos",
    )),
}  # fmt: skip
_WORDS = {
    "params": listed("""
        paramètres paramètre parámetros parámetro parametri parametro parâmetros trainable-parameters
        learnables 参数 參數 个参数 個參數 参数量 パラメータ 매개변수
    """)
    | _PHRASES["params"],
    "weights": listed("""
        weights weight Weights Gewichte poids pesos 权重 个权重
    """),
    "biases": listed("""
        biases bias Biases 偏置 个偏置
    """),
    "macs": listed("""
        乘加 次乘加 乘加运算 次乘加运算 multiply-accumulates
    """),
    "flops": listed("""
        次浮点运算 浮点运算
    """),
    "bytes": listed("""
        字节 個字節 个字节 字節
    """),
    "bits": listed("""
        比特 位
    """),
    "pixels": listed("""
        pixels pixel px Pixel Pixels píxeles 像素 个像素
    """),
    "activations": listed("""
        activations activation Aktivierungen 激活值
    """),
    "values": listed("""
        values value elements element numbers entries inputs floats floating-point-numbers 个元素 元素 个 浮点数
    """),
    "outputs": listed("""
        outputs
    """),
    "neurons": listed("""
        neurons neuron units unit Neuronen 神经元 个神经元
    """),
    "channels": listed("""
        channels channel Kanäle filters filter kernels maps 通道 个通道
    """),
    "layers": listed("""
        layers layer Schichten couches capas 层
    """),
    "weight_layers": listed("""
        Gewichtsschichten 权重层 个权重层 带权重的层 有参数的层 参数层
    """)
    | _PHRASES["weight_layers"],
}
_SPELT_OUT = ("bytes", "byte", "bits", "bit", "octets", "octet")
_RATE = re.compile(r"(.*(?:FLOP|flop|OP)s?)/s(?:ec(?:ond)?)?$")
NOTHING = listed(
    """
    zero none nothing nil null nul keine keiner kein nichts zéro aucun aucune rien cero nada ninguno ninguna
    nessuno nessuna nenhum nenhuma ноль нет нуль 零 无 無 没有 沒有 なし ゼロ 없음 영
    """
)


@lru_cache(4096)
def unit_named(word: str) -> Unit | None:
    """Return the unit that a word is, with its prefix, or None.

    >>> unit_named("GMACs"), unit_named("MiB").factor, unit_named("GFLOPS").quantity
    (Unit(name='GMACs', quantity='macs', factor=1000000000), 1048576, 'flops_per_second')
    """
    if len(word) > 40:
        return None
    rate = _RATE.match(word)
    base = rate[1] if rate else _SMALL.get(word, word)
    if base.endswith(_SPELT_OUT):  # Megabyte, and Mebibytes
        base = base.lower()
    for prefix, factor in _PREFIXES.items():
        if base.startswith(prefix) and (quantity := _QUANTITIES.get(base[len(prefix) :])):
            if (prefix and base in _QUANTITIES) or base == "o":  # of octets only with a prefix: Mo
                continue
            fast = rate or base.endswith("FLOPS")
            return Unit(word, "flops_per_second" if fast and quantity == "flops" else quantity, factor)
    if word[:1] in _CHINESE_PREFIXES and word[1:] in ("字节", "比特"):
        return Unit(word, "bytes" if word[1:] == "字节" else "bits", _CHINESE_PREFIXES[word[:1]])
    quantity = next((name for name, words in _WORDS.items() if word in words), None)
    return None if quantity is None else Unit(word, quantity, 1)


def scale_named(word: str) -> int | None:
    """Return what a word scales a number by: M, Gi, million, 万."""
    return (
        SCALES.get(word) or SCALES.get(word.lower().rstrip(".") if len(word) > 2 else word) or CHINESE_SCALES.get(word)
    )


_QUANTITIES = {base: quantity for quantity, bases in _BASES.items() for base in bases}
