package text

import "sync"

// lookalikes gives for each plain letter the letters of other scripts that look
// like it and that neither decomposing nor lower-casing makes plain. The lists
// are taken from Unicode's confusables.txt, version 14.0.0 (UTS #39), © Unicode,
// Inc., https://www.unicode.org/terms_of_use.html: all single characters whose
// prototype is a plain letter, with or without marks; "rn" counts as m.
var lookalikes = map[byte]string{
	'a': "ɑΑαАаᎪᗅẚ⍶⍺ꓮ𐊠𖽀𝚨𝛂𝛢𝛼𝜜𝜶𝝖𝝰𝞐𝞪",
	'b': "ƀƂƃƄɓΒБВЬѢѣҌҍᏏᏴᑲᑳᖯᗷꓐꞴ𐊂𐊡𐌁𝚩𝛣𝜝𝝗𝞑",
	'c': "¢ȼϲϹСсҪҫᏟᴄ₡Ⲥⲥꓚꮯ𐊢𐌂𐐕𐐽𐔜𑣩𑣲🝌",
	'd': "ÐĐđƉƌɖɗԁᎠᏧᑯᗞᗪ₫ꓒꓓ",
	'e': "ɆɇΕЕеҽҿᎬ℮⋿ⴹꓰꬲ𐊆𑢦𑢮𝚬𝛦𝜠𝝚𝞔",
	'f': "ƑƒϜքᖴᵮẝꓝꞘꞙꬵ𐊇𐊥𐔥𑢢𑣂𝈓𝟊",
	'g': "ƍǤǥɠɡԌցᏀᏳᶃᶢꓖ",
	'h': "ĦħɦΗНћҢһӇӉհᎻᏂᏲᕼᵸℏⱧⲎꓧꚕ𐋏𝚮𝛨𝜢𝝜𝞖",
	'i': "ıɨɩɪιіӏᎥᵻᵼι⍳⍸ꙇꭵ𑣃𝚤𝛊𝜄𝜾𝝸𝞲",
	'j': "ɈɉͿϳЈјᎫᒍꓙꞲ",
	'k': "ƙΚКҚҞᏦᛕ₭ⱩⲔꓗꝀ𐔘𝚱𝛫𝜥𝝟𝞙",
	'l': "ŁłƖƗƚǀɫɭΙІӀ\u05c0\u05d5\u05df\u0625\u0627\u0661\u0673۱\u07caᏞᒪᛁ∣⏽ⲒⳐⵏꓡꓲ\ufd3c\ufd3d\ufe87\ufe88\ufe8d\ufe8e" +
		"￨𐊊𐌉𐌠𐐛𐔦𑢣𑢲𖼖𖼨𝈪𝚰𝛪𝜤𝝞𝞘\U0001e8c7\U0001ee00\U0001ee80",
	'm': "ɱΜϺМӍᎷᗰᛖᵯ₥Ⲙꓟ𐊰𐌑𑜀𑣣𝚳𝛭𝜧𝝡𝞛",
	'n': "ƝƞɳΝηոռᵰⲚꓠ𐆎𐔓𝚴𝛈𝛮𝜂𝜨𝜼𝝢𝝶𝞜𝞰",
	'o': "ØøƟǾɵΘΟθοσϑϴОоѲѳӨөՕօ\u05e1\u0647\u0665\u06be\u06c1\u06d5۵\u06ff\u07c0०০੦૦ଠ୦௦" +
		"\u0c02౦\u0c82೦\u0d02ഠ൦\u0d82๐໐ဝ၀ჿዐᎾᏫᴏᴑ⊖⊝⍬Ⲟⲟⴱⵁⵔ〇ꓳꝊꝋꬽꬾꭴꮎꮻ\ufba6" +
		"\ufba7\ufba8\ufba9\ufbaa\ufbab\ufbac\ufbad\ufcd9\ufee9\ufeea\ufeeb\ufeec𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑓐𑢵𑣈𑣗𑣠𝈚𝚯𝚶𝚹𝛉𝛐𝛔𝛝𝛩𝛰𝛳𝜃" +
		"𝜊𝜎𝜗𝜣𝜪𝜭𝜽𝝄𝝈𝝑𝝝𝝤𝝧𝝷𝝾𝞂𝞋𝞗𝞞𝞡𝞱𝞸𝞼𝟅\U0001ee24\U0001ee64\U0001ee84🜔",
	'p': "ƥΡρϱРрᏢᑭᵽ⍴Ⲣⲣꓑ𐊕𝚸𝛒𝛠𝛲𝜌𝜚𝜬𝝆𝝔𝝦𝞀𝞎𝞠𝞺𝟈",
	'q': "ʠԛգզⵕ",
	'r': "ƦɍɼɽгғᎡᏒᖇᴦᵲⲅꓣꭇꭈꮁ𐒴𖼵𝈖",
	's': "ƽʂЅѕՏᏕᏚᵴꓢꜱꮪ𐊖𐐠𐑈𑣁𖼺",
	't': "ŦŧƭƮȾΤТҬᎢᵵ₮⊤⍡⟙Ⲧꓔ𐊗𐊱𐌕𑢼𖼊𝚻𝛵𝜯𝝩𝞣🝨",
	'u': "ɄʋυՍսሀᏌᑌᴜᵾ∪⋃ꓴꞟꭎꭒꮜ𐓎𐓶𑢸𑣘𖽂𝛖𝜐𝝊𝞄𝞾",
	'v': "νѴѵ\u05d8\u0667۷Ꮩᐯᴠ∨⋁ⴸꓦꛟꮩ𐆗𐔝𑜆𑢠𑣀𖼈𝈍𝛎𝜈𝝂𝝼𝞶🜈",
	'w': "ɯѡѽԜԝաᎳᏔᴡ₩ꓪꝡꮃ𑓅𑜊𑜎𑜏𑣦𑣯",
	'x': "×ΧХхҲᕁᕽ᙭᙮ᚷ╳⤫⤬⨯⨰ⲬⵝꓫꞳ𐆖𐊐𐊴𐌗𐌢𐔧𑣬𝚾𝛸𝜲𝝬𝞦",
	'y': "¥ƴɎɏɣʏΥγϒУуҮүҰұყᎩᎽᶌỿℽⲨꓬꭚ𐊲𑢤𑣜𖽃𝚼𝛄𝛶𝛾𝜰𝜸𝝪𝝲" +
		"𝞤𝞬",
	'z': "ƵƶȤȥʐΖᏃᴢᵶꓜꮓ𐋵𑢩𑣄𑣥𝚭𝛧𝜡𝝛𝞕",
}

// plainLetter gives the plain letter that a letter of another script looks like.
var plainLetter = sync.OnceValue(func() map[rune]byte {
	m := make(map[rune]byte, 1200)
	for plain, others := range lookalikes {
		for _, r := range others {
			m[r] = plain
		}
	}
	return m
})
