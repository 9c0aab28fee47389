-- Functions that the columns, constraints and indexes of the tables use. All are immutable, because generated columns and
-- indexes may use no others.

-- Full-text search, with nothing but what PostgreSQL itself ships. Texts are folded before they are indexed, and search terms before
-- they are looked up. The result must not depend on the locale of the database: which characters are letters, and which lower-case
-- letter belongs to which capital, stands in the tables below and nowhere else. src/domain/folding/ has the same tables; a test compares.

CREATE FUNCTION search_text(value text, form text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    folded text := value;
BEGIN
    -- The branch that nearly all English texts take. It makes no difference to the result, only to the time.
    IF octet_length(folded) = char_length(folded) THEN
        folded := replace(lower(folded COLLATE "C"), '`', '''');
    ELSE
        -- Marks that would become letters or digits of the word before them: Weka™ is Weka, and km² is km2 as well as km and 2.
        IF folded ~ '[™℠´⁰¹²³⁴-⁹]' THEN
            folded := regexp_replace(translate(folded, '™℠´', '  '''), '([⁰¹²³⁴-⁹]+)', '-\1', 'g');
        END IF;
        -- No accents, no vowel points, no invisible characters.
        folded := lower(regexp_replace(normalize(folded, NFKD),
            '[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u061c\u0640'
            '\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u070f\u0711\u0730-\u074a\u07eb-\u07f3'
            '\u07fd\u0816-\u0819\u081b-\u0823\u0825-\u0827\u0829-\u082d\u0859-\u085b\u0890-\u089f\u08ca-\u08e1\u08e3-\u08ff'
            '\u093c\u094d\u0951-\u0954\u09bc\u09cd\u09fe\u0a3c\u0a4d\u0abc\u0acd\u0afd-\u0aff\u0b3c\u0b4d-\u0b55\u0bcd'
            '\u0c3c\u0c4d\u0cbc\u0ccd\u0d3b-\u0d3c\u0d4d\u0dca\u0e47-\u0e4c\u0e4e\u0eba\u0ec8-\u0ecc\u0ece\u0f18-\u0f19'
            '\u0f35\u0f37\u0f39\u0f3e-\u0f3f\u0f82-\u0f84\u0f86-\u0f87\u0fc6\u1037\u1039-\u103a\u108d\u135d-\u135f'
            '\u1714-\u1715\u1734\u17b4-\u17b5\u17c9-\u17d3\u17dd\u180b-\u180f\u18a9\u1939-\u193b\u1a17-\u1a18\u1a60'
            '\u1a75-\u1a7f\u1ab0-\u1ace\u1b34\u1b44\u1b6b-\u1b73\u1baa-\u1bab\u1be6\u1bf2-\u1bf3\u1c37\u1cd0-\u1cd2'
            '\u1cd4-\u1ce8\u1ced\u1cf4\u1cf7-\u1cf9\u1dc0-\u1dff\u200c-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20f0'
            '\u2cef-\u2cf1\u2d7f\u2de0-\u2dff\u302a-\u302f\ua66f-\ua672\ua674-\ua67d\ua69e-\ua69f\ua6f0-\ua6f1\ua806\ua82c'
            '\ua8c4\ua8e0-\ua8f1\ua92b-\ua92d\ua953\ua9b3\ua9c0\uaab0\uaab2-\uaab4\uaab7-\uaab8\uaabe-\uaabf\uaac1\uaaf6'
            '\uabec-\uabed\ufb1e\ufe00-\ufe2f\ufeff-\ufffb\U000101fd\U000102e0\U00010376-\U0001037a\U00010a0d\U00010a0f'
            '\U00010a38-\U00010a3f\U00010ae5-\U00010ae6\U00010d24-\U00010d27\U00010d69-\U00010d6d\U00010eab-\U00010eac'
            '\U00010efd-\U00010eff\U00010f46-\U00010f50\U00010f82-\U00010f85\U00011046\U00011070\U0001107f'
            '\U000110b9-\U000110ba\U000110bd\U000110cd\U00011100-\U00011102\U00011133-\U00011134\U00011173\U000111c0'
            '\U000111c9-\U000111cc\U00011235-\U00011236\U000112e9-\U000112ea\U0001133b-\U0001133c\U0001134d'
            '\U00011366-\U00011374\U000113ce-\U000113d0\U000113d2\U000113e1-\U000113e2\U00011442\U00011446\U0001145e'
            '\U000114c2-\U000114c3\U000115bf-\U000115c0\U0001163f\U000116b6-\U000116b7\U0001172b\U00011839-\U0001183a'
            '\U0001193d-\U0001193e\U00011943\U000119e0\U00011a33-\U00011a34\U00011a47\U00011a98-\U00011a99\U00011c3f'
            '\U00011d42\U00011d44-\U00011d45\U00011d97\U00011f41-\U00011f42\U00011f5a\U00013430-\U00013440'
            '\U00013447-\U00013455\U0001612f\U00016af0-\U00016af4\U00016b30-\U00016b36\U00016fe4\U0001bc9d'
            '\U0001bca0-\U0001bca3\U0001cf00-\U0001cf46\U0001d165-\U0001d169\U0001d16d-\U0001d182\U0001d185-\U0001d18b'
            '\U0001d1aa-\U0001d1ad\U0001d242-\U0001d244\U0001da00-\U0001da36\U0001da3b-\U0001da6c\U0001da75\U0001da84'
            '\U0001da9b-\U0001daaf\U0001e000-\U0001e08f\U0001e130-\U0001e136\U0001e2ae\U0001e2ec-\U0001e2ef'
            '\U0001e4ec-\U0001e4ef\U0001e5ee-\U0001e5ef\U0001e8d0-\U0001e8d6\U0001e944-\U0001e94a\U000e0001-\U000e01ef]+', '', 'g') COLLATE "C");
        -- All apostrophes are the same, and so are all hyphens and dashes.
        folded := regexp_replace(folded, '[`’‘‛ʹʻʼʽʾʿˈ′‵՚׳]', '''', 'g');
        folded := regexp_replace(folded, '[‐‒–—―−⁃·‧־゠]', '-', 'g');
        -- All other characters that are neither letters nor digits, in all scripts.
        folded := regexp_replace(folded,
            '[\u0080-\u00ac\u00ae-\u00bf\u00d7\u00f7\u02c2-\u02c5\u02d2-\u02eb\u02ed\u02ef-\u02ff\u0375\u03f6\u0482'
            '\u055a-\u055f\u0589-\u058f\u05be\u05c0\u05c3\u05c6\u05f3-\u060f\u061b\u061d-\u061f\u066a-\u066d\u06d4'
            '\u06dd-\u06de\u06e9\u06fd-\u06fe\u0700-\u070d\u07f6-\u07f9\u07fe-\u07ff\u0830-\u083e\u085e\u0888\u08e2'
            '\u0964-\u0965\u0970\u09f2-\u09f3\u09fa-\u09fb\u09fd\u0a76\u0af0-\u0af1\u0b70\u0bf3-\u0bfa\u0c77\u0c7f\u0c84'
            '\u0d4f\u0d79\u0df4\u0e3f\u0e4f\u0e5a-\u0e5b\u0f01-\u0f17\u0f1a-\u0f1f\u0f34\u0f36\u0f38\u0f3a-\u0f3d\u0f85'
            '\u0fbe-\u0fc5\u0fc7-\u0fda\u104a-\u104f\u109e-\u109f\u10fb\u1360-\u1368\u1390-\u1399\u1400\u166d-\u166e\u1680'
            '\u169b-\u169c\u16eb-\u16ed\u1735-\u1736\u17d4-\u17d6\u17d8-\u17db\u1800-\u180a\u1940-\u1945\u19de-\u19ff'
            '\u1a1e-\u1a1f\u1aa0-\u1aa6\u1aa8-\u1aad\u1b4e-\u1b4f\u1b5a-\u1b6a\u1b74-\u1b7f\u1bfc-\u1bff\u1c3b-\u1c3f'
            '\u1c7e-\u1c7f\u1cc0-\u1cc7\u1cd3\u200b\u2010-\u2029\u2030-\u205e\u20a0-\u20c0\u2104-\u212e\u213a-\u214d\u214f'
            '\u218a-\u244a\u2500-\u2775\u2794-\u2bff\u2ce5-\u2cea\u2cf9-\u2cfc\u2cfe-\u2cff\u2d70\u2e00-\u2e2e\u2e30-\u3004'
            '\u3008-\u3020\u3030\u3037\u303d-\u303f\u30a0\u30fb\u3190-\u3191\u31c0-\u31ef\u327f\u4dc0-\u4dff\ua490-\ua4c6'
            '\ua4fe-\ua4ff\ua60d-\ua60f\ua673\ua67e\ua6f2-\ua716\ua720-\ua721\ua789-\ua78a\ua828-\ua82b\ua836-\ua839'
            '\ua874-\ua877\ua8ce-\ua8cf\ua8f8-\ua8fa\ua8fc\ua92e-\ua92f\ua95f\ua9c1-\ua9cd\ua9de-\ua9df\uaa5c-\uaa5f'
            '\uaa77-\uaa79\uaade-\uaadf\uaaf0-\uaaf1\uab5b\uab6a-\uab6b\uabeb\ue000-\uf8ff\ufbb2-\ufdff\ufe45-\ufe46'
            '\ufffc-\ufffd\U00010100-\U00010102\U00010137-\U0001013f\U00010179-\U00010189\U0001018c-\U000101fc\U0001039f'
            '\U000103d0\U0001056f\U00010857\U00010877-\U00010878\U0001091f\U0001093f\U00010a50-\U00010a58\U00010a7f'
            '\U00010ac8\U00010af0-\U00010af6\U00010b39-\U00010b3f\U00010b99-\U00010b9c\U00010d6e\U00010d8e-\U00010d8f'
            '\U00010ead\U00010f55-\U00010f59\U00010f86-\U00010f89\U00011047-\U0001104d\U000110bb-\U000110bc'
            '\U000110be-\U000110c1\U00011140-\U00011143\U00011174-\U00011175\U000111c5-\U000111c8\U000111cd\U000111db'
            '\U000111dd-\U000111df\U00011238-\U0001123d\U000112a9\U000113d4-\U000113d8\U0001144b-\U0001144f'
            '\U0001145a-\U0001145d\U000114c6\U000115c1-\U000115d7\U00011641-\U00011643\U00011660-\U0001166c\U000116b9'
            '\U0001173c-\U0001173f\U0001183b\U00011944-\U00011946\U000119e2\U00011a3f-\U00011a46\U00011a9a-\U00011a9c'
            '\U00011a9e-\U00011aa2\U00011b00-\U00011b09\U00011be1\U00011c41-\U00011c45\U00011c70-\U00011c71'
            '\U00011ef7-\U00011ef8\U00011f43-\U00011f4f\U00011fd5-\U00011fff\U00012470-\U00012474\U00012ff1-\U00012ff2'
            '\U00016a6e-\U00016a6f\U00016af5\U00016b37-\U00016b3f\U00016b44-\U00016b45\U00016d6d-\U00016d6f'
            '\U00016e97-\U00016e9a\U00016fe2\U0001bc9c\U0001bc9f\U0001cc00-\U0001ceb3\U0001cf50-\U0001d15d'
            '\U0001d16a-\U0001d16c\U0001d183-\U0001d184\U0001d18c-\U0001d1a9\U0001d1ae-\U0001d241\U0001d245'
            '\U0001d300-\U0001d356\U0001d800-\U0001d9ff\U0001da37-\U0001da3a\U0001da6d-\U0001da74\U0001da76-\U0001da83'
            '\U0001da85-\U0001da8b\U0001e14f\U0001e2ff\U0001e5ff\U0001e95e-\U0001e95f\U0001ecac\U0001ecb0\U0001ed2e'
            '\U0001eef0-\U0001f0f5\U0001f10d-\U0001f12f\U0001f16d-\U0001f16f\U0001f18a-\U0001fbef\U000f0000-\U0010fffd]+', ' ', 'g');
        -- Letters in which Unicode sees no accents, and capital letters. translate() compares each character with each of its list,
        -- so a list is only used if the text has one of its letters, and rare letters are only looked for if there are any.
        IF folded ~ '[ÆÐØÞĐĦŁŊŒŦƁƆƉƊƏƐƑƗƘƝƳɄẞøłđðħıŧŋĸəƒƙɗɓƴɖɛɔɨʉɲßæœþ]' THEN
            folded := replace(replace(replace(replace(translate(folded,
            'ÆÐØÞĐĦŁŊŒŦƁƆƉƊƏƐƑƗƘƝƳɄẞøłđðħıŧŋĸəƒƙɗɓƴɖɛɔɨʉɲ',
            'ædoþdhlnœtboddeefiknyußolddhitnkefkdbydeoiun'),
                'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
        END IF;
        IF folded ~ '[ͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿς]' THEN
            folded := translate(folded,
                'ͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿς',
                'ͱͳͷϳαβγδεζηθικλμνξοπρστυφχψωϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽσ');
        END IF;
        IF folded ~ '[ЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ]' THEN
            folded := translate(folded,
                'ЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ',
                'ђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюя');
        END IF;
        IF folded ~ '[\u0180-\u024f\u0460-\u0556\u0629\u0649\u06a9\u06cc\u10a0-\u10cd\u13a0-\u13f5\u1c89-\u1efe\u2132-\u2cf2\ua640-\ua7f5\U00010400-\U0001e921]' THEN
            IF folded ~ '[ƂƄƇƋƎƓƔƖƜƟƢƤƦƧƩƬƮƱƲƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɅɆɈɊɌɎỺỼỾℲↃⱠⱢⱣⱤⱧⱩⱫⱭⱮⱯⱰⱲⱵⱾⱿꜢꜤꜦꜨꜪꜬꜮꜲꜴꜶꜸꜺꜼꜾꝀꝂꝄꝆꝈꝊꝌꝎꝐꝒꝔꝖꝘꝚ'
                    'ꝜꝞꝠꝢꝤꝦꝨꝪꝬꝮꝹꝻꝽꝾꞀꞂꞄꞆꞋꞍꞐꞒꞖꞘꞚꞜꞞꞠꞢꞤꞦꞨꞪꞫꞬꞭꞮꞰꞱꞲꞳꞴꞶꞸꞺꞼꞾꟀꟂꟄꟅꟆꟇꟉꟋꟌ꟎Ꟑ꟒꟔ꟖꟘꟚꟜꟵ]' THEN
                folded := translate(folded,
                    'ƂƄƇƋƎƓƔƖƜƟƢƤƦƧƩƬƮƱƲƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɅɆɈɊɌɎỺỼỾℲↃⱠⱢⱣⱤⱧⱩⱫⱭⱮⱯⱰⱲⱵⱾⱿꜢꜤꜦꜨꜪꜬꜮꜲꜴꜶꜸꜺꜼꜾꝀꝂꝄꝆꝈꝊꝌꝎꝐꝒꝔꝖꝘꝚ'
                    'ꝜꝞꝠꝢꝤꝦꝨꝪꝬꝮꝹꝻꝽꝾꞀꞂꞄꞆꞋꞍꞐꞒꞖꞘꞚꞜꞞꞠꞢꞤꞦꞨꞪꞫꞬꞭꞮꞰꞱꞲꞳꞴꞶꞸꞺꞼꞾꟀꟂꟄꟅꟆꟇꟉꟋꟌ꟎Ꟑ꟒꟔ꟖꟘꟚꟜꟵ',
                    'ƃƅƈƌǝɠɣɩɯɵƣƥʀƨʃƭʈʊʋƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʌɇɉɋɍɏỻỽỿⅎↄⱡɫᵽɽⱨⱪⱬɑɱɐɒⱳⱶȿɀꜣꜥꜧꜩꜫꜭꜯꜳꜵꜷꜹꜻꜽꜿꝁꝃꝅꝇꝉꝋꝍꝏꝑꝓꝕꝗꝙꝛ'
                    'ꝝꝟꝡꝣꝥꝧꝩꝫꝭꝯꝺꝼᵹꝿꞁꞃꞅꞇꞌɥꞑꞓꞗꞙꞛꞝꞟꞡꞣꞥꞧꞩɦɜɡɬɪʞʇʝꭓꞵꞷꞹꞻꞽꞿꟁꟃꞔʂᶎꟈꟊɤꟍ꟏ꟑꟓꟕꟗꟙꟛƛꟶ');
            END IF;
            IF folded ~ '[ѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮᲉꙀꙂꙄꙆꙈꙊꙌ'
                    'ꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘꚚ]' THEN
                folded := translate(folded,
                    'ѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮᲉꙀꙂꙄꙆꙈꙊꙌ'
                    'ꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘꚚ',
                    'ѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯᲊꙁꙃꙅꙇꙉꙋꙍ'
                    'ꙏꙑꙓꙕꙗꙙꙛꙝꙟꙡꙣꙥꙧꙩꙫꙭꚁꚃꚅꚇꚉꚋꚍꚏꚑꚓꚕꚗꚙꚛ');
            END IF;
            IF folded ~ '[ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ]' THEN
                folded := translate(folded,
                    'ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ',
                    'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ');
            END IF;
            IF folded ~ '[یىکة]' THEN
                folded := translate(folded,
                    'یىکة',
                    'ييكه');
            END IF;
            IF folded ~ '[ႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷႸႹႺႻႼႽႾႿჀჁჂჃჄჅჇჍᲐᲑᲒᲓᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿ]' THEN
                folded := translate(folded,
                    'ႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷႸႹႺႻႼႽႾႿჀჁჂჃჄჅჇჍᲐᲑᲒᲓᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿ',
                    'ⴀⴁⴂⴃⴄⴅⴆⴇⴈⴉⴊⴋⴌⴍⴎⴏⴐⴑⴒⴓⴔⴕⴖⴗⴘⴙⴚⴛⴜⴝⴞⴟⴠⴡⴢⴣⴤⴥⴧⴭაბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿ');
            END IF;
            IF folded ~ '[ᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷᎸᎹᎺᎻᎼᎽᎾᎿᏀᏁᏂᏃᏄᏅᏆᏇᏈᏉᏊᏋᏌᏍᏎᏏᏐᏑᏒᏓᏔᏕᏖᏗᏘᏙᏚᏛᏜᏝᏞᏟᏠᏡᏢᏣᏤᏥᏦᏧᏨᏩᏪᏫᏬᏭᏮᏯᏰᏱᏲᏳᏴᏵ]' THEN
                folded := translate(folded,
                    'ᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷᎸᎹᎺᎻᎼᎽᎾᎿᏀᏁᏂᏃᏄᏅᏆᏇᏈᏉᏊᏋᏌᏍᏎᏏᏐᏑᏒᏓᏔᏕᏖᏗᏘᏙᏚᏛᏜᏝᏞᏟᏠᏡᏢᏣᏤᏥᏦᏧᏨᏩᏪᏫᏬᏭᏮᏯᏰᏱᏲᏳᏴᏵ',
                    'ꭰꭱꭲꭳꭴꭵꭶꭷꭸꭹꭺꭻꭼꭽꭾꭿꮀꮁꮂꮃꮄꮅꮆꮇꮈꮉꮊꮋꮌꮍꮎꮏꮐꮑꮒꮓꮔꮕꮖꮗꮘꮙꮚꮛꮜꮝꮞꮟꮠꮡꮢꮣꮤꮥꮦꮧꮨꮩꮪꮫꮬꮭꮮꮯꮰꮱꮲꮳꮴꮵꮶꮷꮸꮹꮺꮻꮼꮽꮾꮿᏸᏹᏺᏻᏼᏽ');
            END IF;
            IF folded ~ '[ⰀⰁⰂⰃⰄⰅⰆⰇⰈⰉⰊⰋⰌⰍⰎⰏⰐⰑⰒⰓⰔⰕⰖⰗⰘⰙⰚⰛⰜⰝⰞⰟⰠⰡⰢⰣⰤⰥⰦⰧⰨⰩⰪⰫⰬⰭⰮⰯⲀⲂⲄⲆⲈⲊⲌⲎⲐⲒⲔⲖⲘⲚⲜⲞⲠⲢⲤⲦⲨⲪⲬⲮⲰⲲⲴⲶⲸⲺⲼⲾⳀⳂⳄⳆⳈⳊⳌⳎⳐⳒ'
                    'ⳔⳖⳘⳚⳜⳞⳠⳢⳫⳭⳲ𐐀𐐁𐐂𐐃𐐄𐐅𐐆𐐇𐐈𐐉𐐊𐐋𐐌𐐍𐐎𐐏𐐐𐐑𐐒𐐓𐐔𐐕𐐖𐐗𐐘𐐙𐐚𐐛𐐜𐐝𐐞𐐟𐐠𐐡𐐢𐐣𐐤𐐥𐐦𐐧𐒰𐒱𐒲𐒳𐒴𐒵𐒶𐒷𐒸𐒹𐒺𐒻𐒼𐒽𐒾𐒿𐓀𐓁𐓂𐓃𐓄𐓅𐓆𐓇𐓈𐓉𐓊𐓋𐓌𐓍𐓎𐓏𐓐𐓑𐓒𐓓𐕰𐕱𐕲'
                    '𐕳𐕴𐕵𐕶𐕷𐕸𐕹𐕺𐕼𐕽𐕾𐕿𐖀𐖁𐖂𐖃𐖄𐖅𐖆𐖇𐖈𐖉𐖊𐖌𐖍𐖎𐖏𐖐𐖑𐖒𐖔𐖕𐲀𐲁𐲂𐲃𐲄𐲅𐲆𐲇𐲈𐲉𐲊𐲋𐲌𐲍𐲎𐲏𐲐𐲑𐲒𐲓𐲔𐲕𐲖𐲗𐲘𐲙𐲚𐲛𐲜𐲝𐲞𐲟𐲠𐲡𐲢𐲣𐲤𐲥𐲦𐲧𐲨𐲩𐲪𐲫𐲬𐲭𐲮𐲯𐲰𐲱𐲲𐵐𐵑𐵒𐵓𐵔𐵕𐵖'
                    '𐵗𐵘𐵙𐵚𐵛𐵜𐵝𐵞𐵟𐵠𐵡𐵢𐵣𐵤𐵥𑢠𑢡𑢢𑢣𑢤𑢥𑢦𑢧𑢨𑢩𑢪𑢫𑢬𑢭𑢮𑢯𑢰𑢱𑢲𑢳𑢴𑢵𑢶𑢷𑢸𑢹𑢺𑢻𑢼𑢽𑢾𑢿𖹀𖹁𖹂𖹃𖹄𖹅𖹆𖹇𖹈𖹉𖹊𖹋𖹌𖹍𖹎𖹏𖹐𖹑𖹒𖹓𖹔𖹕𖹖𖹗𖹘𖹙𖹚𖹛𖹜𖹝𖹞𖹟𖺠𖺡𖺢𖺣𖺤𖺥𖺦𖺧𖺨𖺩𖺪'
                    '𖺫𖺬𖺭𖺮𖺯𖺰𖺱𖺲𖺳𖺴𖺵𖺶𖺷𖺸𞤀𞤁𞤂𞤃𞤄𞤅𞤆𞤇𞤈𞤉𞤊𞤋𞤌𞤍𞤎𞤏𞤐𞤑𞤒𞤓𞤔𞤕𞤖𞤗𞤘𞤙𞤚𞤛𞤜𞤝𞤞𞤟𞤠𞤡]' THEN
                folded := translate(folded,
                    'ⰀⰁⰂⰃⰄⰅⰆⰇⰈⰉⰊⰋⰌⰍⰎⰏⰐⰑⰒⰓⰔⰕⰖⰗⰘⰙⰚⰛⰜⰝⰞⰟⰠⰡⰢⰣⰤⰥⰦⰧⰨⰩⰪⰫⰬⰭⰮⰯⲀⲂⲄⲆⲈⲊⲌⲎⲐⲒⲔⲖⲘⲚⲜⲞⲠⲢⲤⲦⲨⲪⲬⲮⲰⲲⲴⲶⲸⲺⲼⲾⳀⳂⳄⳆⳈⳊⳌⳎⳐⳒ'
                    'ⳔⳖⳘⳚⳜⳞⳠⳢⳫⳭⳲ𐐀𐐁𐐂𐐃𐐄𐐅𐐆𐐇𐐈𐐉𐐊𐐋𐐌𐐍𐐎𐐏𐐐𐐑𐐒𐐓𐐔𐐕𐐖𐐗𐐘𐐙𐐚𐐛𐐜𐐝𐐞𐐟𐐠𐐡𐐢𐐣𐐤𐐥𐐦𐐧𐒰𐒱𐒲𐒳𐒴𐒵𐒶𐒷𐒸𐒹𐒺𐒻𐒼𐒽𐒾𐒿𐓀𐓁𐓂𐓃𐓄𐓅𐓆𐓇𐓈𐓉𐓊𐓋𐓌𐓍𐓎𐓏𐓐𐓑𐓒𐓓𐕰𐕱𐕲'
                    '𐕳𐕴𐕵𐕶𐕷𐕸𐕹𐕺𐕼𐕽𐕾𐕿𐖀𐖁𐖂𐖃𐖄𐖅𐖆𐖇𐖈𐖉𐖊𐖌𐖍𐖎𐖏𐖐𐖑𐖒𐖔𐖕𐲀𐲁𐲂𐲃𐲄𐲅𐲆𐲇𐲈𐲉𐲊𐲋𐲌𐲍𐲎𐲏𐲐𐲑𐲒𐲓𐲔𐲕𐲖𐲗𐲘𐲙𐲚𐲛𐲜𐲝𐲞𐲟𐲠𐲡𐲢𐲣𐲤𐲥𐲦𐲧𐲨𐲩𐲪𐲫𐲬𐲭𐲮𐲯𐲰𐲱𐲲𐵐𐵑𐵒𐵓𐵔𐵕𐵖'
                    '𐵗𐵘𐵙𐵚𐵛𐵜𐵝𐵞𐵟𐵠𐵡𐵢𐵣𐵤𐵥𑢠𑢡𑢢𑢣𑢤𑢥𑢦𑢧𑢨𑢩𑢪𑢫𑢬𑢭𑢮𑢯𑢰𑢱𑢲𑢳𑢴𑢵𑢶𑢷𑢸𑢹𑢺𑢻𑢼𑢽𑢾𑢿𖹀𖹁𖹂𖹃𖹄𖹅𖹆𖹇𖹈𖹉𖹊𖹋𖹌𖹍𖹎𖹏𖹐𖹑𖹒𖹓𖹔𖹕𖹖𖹗𖹘𖹙𖹚𖹛𖹜𖹝𖹞𖹟𖺠𖺡𖺢𖺣𖺤𖺥𖺦𖺧𖺨𖺩𖺪'
                    '𖺫𖺬𖺭𖺮𖺯𖺰𖺱𖺲𖺳𖺴𖺵𖺶𖺷𖺸𞤀𞤁𞤂𞤃𞤄𞤅𞤆𞤇𞤈𞤉𞤊𞤋𞤌𞤍𞤎𞤏𞤐𞤑𞤒𞤓𞤔𞤕𞤖𞤗𞤘𞤙𞤚𞤛𞤜𞤝𞤞𞤟𞤠𞤡',
                    'ⰰⰱⰲⰳⰴⰵⰶⰷⰸⰹⰺⰻⰼⰽⰾⰿⱀⱁⱂⱃⱄⱅⱆⱇⱈⱉⱊⱋⱌⱍⱎⱏⱐⱑⱒⱓⱔⱕⱖⱗⱘⱙⱚⱛⱜⱝⱞⱟⲁⲃⲅⲇⲉⲋⲍⲏⲑⲓⲕⲗⲙⲛⲝⲟⲡⲣⲥⲧⲩⲫⲭⲯⲱⲳⲵⲷⲹⲻⲽⲿⳁⳃⳅⳇⳉⳋⳍⳏⳑⳓ'
                    'ⳕⳗⳙⳛⳝⳟⳡⳣⳬⳮⳳ𐐨𐐩𐐪𐐫𐐬𐐭𐐮𐐯𐐰𐐱𐐲𐐳𐐴𐐵𐐶𐐷𐐸𐐹𐐺𐐻𐐼𐐽𐐾𐐿𐑀𐑁𐑂𐑃𐑄𐑅𐑆𐑇𐑈𐑉𐑊𐑋𐑌𐑍𐑎𐑏𐓘𐓙𐓚𐓛𐓜𐓝𐓞𐓟𐓠𐓡𐓢𐓣𐓤𐓥𐓦𐓧𐓨𐓩𐓪𐓫𐓬𐓭𐓮𐓯𐓰𐓱𐓲𐓳𐓴𐓵𐓶𐓷𐓸𐓹𐓺𐓻𐖗𐖘𐖙'
                    '𐖚𐖛𐖜𐖝𐖞𐖟𐖠𐖡𐖣𐖤𐖥𐖦𐖧𐖨𐖩𐖪𐖫𐖬𐖭𐖮𐖯𐖰𐖱𐖳𐖴𐖵𐖶𐖷𐖸𐖹𐖻𐖼𐳀𐳁𐳂𐳃𐳄𐳅𐳆𐳇𐳈𐳉𐳊𐳋𐳌𐳍𐳎𐳏𐳐𐳑𐳒𐳓𐳔𐳕𐳖𐳗𐳘𐳙𐳚𐳛𐳜𐳝𐳞𐳟𐳠𐳡𐳢𐳣𐳤𐳥𐳦𐳧𐳨𐳩𐳪𐳫𐳬𐳭𐳮𐳯𐳰𐳱𐳲𐵰𐵱𐵲𐵳𐵴𐵵𐵶'
                    '𐵷𐵸𐵹𐵺𐵻𐵼𐵽𐵾𐵿𐶀𐶁𐶂𐶃𐶄𐶅𑣀𑣁𑣂𑣃𑣄𑣅𑣆𑣇𑣈𑣉𑣊𑣋𑣌𑣍𑣎𑣏𑣐𑣑𑣒𑣓𑣔𑣕𑣖𑣗𑣘𑣙𑣚𑣛𑣜𑣝𑣞𑣟𖹠𖹡𖹢𖹣𖹤𖹥𖹦𖹧𖹨𖹩𖹪𖹫𖹬𖹭𖹮𖹯𖹰𖹱𖹲𖹳𖹴𖹵𖹶𖹷𖹸𖹹𖹺𖹻𖹼𖹽𖹾𖹿𖺻𖺼𖺽𖺾𖺿𖻀𖻁𖻂𖻃𖻄𖻅'
                    '𖻆𖻇𖻈𖻉𖻊𖻋𖻌𖻍𖻎𖻏𖻐𖻑𖻒𖻓𞤢𞤣𞤤𞤥𞤦𞤧𞤨𞤩𞤪𞤫𞤬𞤭𞤮𞤯𞤰𞤱𞤲𞤳𞤴𞤵𞤶𞤷𞤸𞤹𞤺𞤻𞤼𞤽𞤾𞤿𞥀𞥁𞥂𞥃');
            END IF;
        END IF;
        -- Korean syllables, Japanese and Indian letters are put together again.
        IF folded ~ '[\u0900-\U0010ffff]' THEN
            folded := normalize(folded, NFC);
        END IF;
    END IF;
    IF form IN ('name', 'names') THEN
        IF strpos(folded, '''') > 0 THEN
            folded := regexp_replace(folded, '([a-z0-9\u0080-\U0010ffff])''+(?=[a-z0-9\u0080-\U0010ffff])', '\1', 'g');
        END IF;
        IF form = 'names' THEN
            RETURN regexp_replace(folded, '[^a-z0-9\u0080-\U0010ffff\u0001]+', ' ', 'g');
        END IF;
        RETURN left(coalesce(nullif(btrim(regexp_replace(folded, '[^a-z0-9\u0080-\U0010ffff]+', ' ', 'g')), ''), value), 300);
    END IF;
    IF folded ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]' THEN
        folded := regexp_replace(folded, '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])', ' \1 ', 'g');
    END IF;
    -- The parts of l'économie, Xi'an and e-Mobility are words, and together they are a word, too.
    IF form = 'words' AND folded ~ '[a-z0-9\u0080-\U0010ffff][''-][a-z0-9\u0080-\U0010ffff]' THEN
        folded := folded || ' ' || array_to_string(ARRAY(
            SELECT regexp_replace(compound[1], '[''-]', '', 'g')
            FROM regexp_matches(folded, '[a-z0-9\u0080-\U0010ffff]+(?:[''-][a-z0-9\u0080-\U0010ffff]+)+', 'g') AS compound), ' ');
    END IF;
    RETURN regexp_replace(folded, '[^a-z0-9 \u0080-\U0010ffff]+', ' ', 'g');
END $$;
COMMENT ON FUNCTION search_text(text, text) IS
    'The text in lower case, without accents and marks, in one of four forms. name: words with one space between them, without apostrophes, at most 300 characters; two spellings of a name have the same form. names: several names, separated by the character 1. parts: words with spaces between them, and spaces around each character of the scripts that have no word breaks, such as Chinese and Thai. words: the parts, followed by the words with apostrophes or hyphens, written as one.';

CREATE FUNCTION search_fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN search_text(value, 'name');
COMMENT ON FUNCTION search_fold(text) IS 'The form in which names are compared and sorted: lower case, no accents, no marks.';

CREATE TEXT SEARCH DICTIONARY search_english (TEMPLATE = pg_catalog.snowball, LANGUAGE = 'english');
COMMENT ON TEXT SEARCH DICTIONARY search_english IS
    'English stems of all words. The dictionary english_stem leaves out stop words, among them names such as WHO, Most and Will.';
CREATE TEXT SEARCH CONFIGURATION search_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION search_english
    ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word WITH search_english;
COMMENT ON TEXT SEARCH CONFIGURATION search_english IS 'The words of the full-text search, without accents and endings.';

CREATE FUNCTION search_list(list text[]) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_to_string(list, ' . ');
COMMENT ON FUNCTION search_list(text[]) IS
    'The texts of an array as one text. array_to_string itself is not immutable, so no generated column may use it.';

CREATE FUNCTION search_members(list jsonb, path jsonpath) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(jsonb_path_query_array(list, path)::text, '\\["\\/bfnrt]', ' ', 'g');
COMMENT ON FUNCTION search_members(jsonb, jsonpath) IS
    'The texts in a JSON value that a path leads to, as one text without the escapes of JSON, whose letters would belong to the next word.';

CREATE FUNCTION search_texts(list jsonb, path jsonpath) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT item #>> '{}' FROM jsonb_path_query(list, path) AS item);
COMMENT ON FUNCTION search_texts(jsonb, jsonpath) IS 'The texts in a JSON value that a path leads to, for excerpts.';

CREATE FUNCTION search_vector(value text, weight "char") RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- A tsvector holds at most 1 MiB, and a record may have more text than that: three parts of this length always fit,
    -- whatever their script.
    RETURN setweight(to_tsvector('search_english', left(coalesce(search_text(left(value, 40000), 'words'), ''), 40000)), weight);
COMMENT ON FUNCTION search_vector(text, "char") IS
    'The words of the first 40 000 characters of a text, each with the given weight (A to D).';

CREATE FUNCTION search_names(name text, others text[]) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_to_tsvector(ARRAY['=' || search_fold(name)] || ARRAY(
        SELECT '~' || left(btrim(other), 300)
        FROM string_to_table(search_text(array_to_string(others, chr(1)), 'names'), chr(1)) AS other));
COMMENT ON FUNCTION search_names(text, text[]) IS
    'Whole names as words of a vector, to find a record by its exact name: the name after =, all other names after ~. No word of a text begins with one of these.';

CREATE FUNCTION search_name_query(name text, kind text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ('''' || kind || replace(replace(search_fold(name), '\', '\\'), '''', '''''') || '''')::tsquery;
COMMENT ON FUNCTION search_name_query(text, text) IS
    'The records whose name is this one (kind =), or that have it among their other names (kind ~), as a query.';

CREATE FUNCTION search_names_query(names text[]) RETURNS tsquery
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT string_agg(search_name_query(name, kind)::text, ' | ') FROM unnest(names) AS name, unnest('{=,~}'::text[]) AS kind)::tsquery;
COMMENT ON FUNCTION search_names_query(text[]) IS 'The records that have one of these names, as a query.';

-- The endings of a word that is still being typed: `renewab` becomes `renewable`, whose stem is `renew`.
CREATE FUNCTION search_stems(start text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(
        SELECT DISTINCT stem
        FROM unnest('{ability,able,ably,ality,ally,ance,ate,ated,ation,ational,ative,ator,ed,ement,ency,ent,er,es,fully,fulness,
            ial,ical,icality,ication,icity,ied,ies,ified,ing,ion,ional,isation,ise,ish,ism,ist,ity,ive,ively,iveness,ivity,ization,
            ize,izer,less,lessness,ly,ment,ness,or,ous,ously,ousness}'::text[]) AS ending
        CROSS JOIN LATERAL generate_series(1, length(ending) - 1) AS typed
        CROSS JOIN LATERAL unnest(ts_lexize('search_english', start || substr(ending, typed + 1))) AS stem
        WHERE right(start, typed) = left(ending, typed) AND length(stem) > 2 AND NOT starts_with(stem, start) AND stem <> ALL (ts_lexize('search_english', start)));
COMMENT ON FUNCTION search_stems(text) IS
    'The stems of English words that begin with a text and have a stem that does not, because an ending is cut off within the text.';

CREATE FUNCTION search_start(start text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (to_tsquery('simple', '''' || start || ''':*')::text || coalesce(
        (SELECT string_agg(' | ''' || stem || '''', '') FROM unnest(search_stems(start)) AS stem), ''))::tsquery;
COMMENT ON FUNCTION search_start(text) IS 'The words that begin with a text, as a query.';

CREATE FUNCTION search_term(term text, is_start boolean) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    separated text := search_text(term, 'parts');
    compound text := btrim(substr(search_text(term, 'words'), length(separated) + 1));
    parts text[] := string_to_array(btrim(regexp_replace(separated, ' +', ' ', 'g')), ' ');
    part text;
    word tsquery;
    found tsquery;
BEGIN
    FOR place IN 1 .. cardinality(parts) LOOP
        part := parts[place];
        word := to_tsquery('search_english', '''' || part || '''');
        IF is_start AND place = cardinality(parts) AND length(part) > 2 THEN
            word := word || search_start(part);
        END IF;
        found := coalesce(found <-> word, word);
    END LOOP;
    IF cardinality(parts) > 1 AND compound = array_to_string(parts, '') THEN
        found := found || to_tsquery('search_english', '''' || compound || '''');
        IF is_start THEN
            found := found || search_start(compound);
        END IF;
        IF parts[2:] = '{s}' THEN
            found := found || to_tsquery('search_english', '''' || parts[1] || '''');
        END IF;
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION search_term(text, boolean) IS
    'A search term without spaces as a query: its parts must follow each other, or be written as one word (Xi''an and Xian). If is_start is true, its last part may be the beginning of a word.';

CREATE FUNCTION search_query(value text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    shouted constant boolean := value = upper(value COLLATE "C");
    item record;
    term tsquery;
    whole tsquery;      -- all terms since the last "or"
    required tsquery;   -- the same without stop words
    found tsquery;      -- what is before the last "or"
BEGIN
    FOR item IN
        SELECT part[1] = '-' AS is_excluded, part[2] AS phrase, part[3] AS word, lead(true) OVER (ORDER BY place) IS NULL AS is_last
        FROM regexp_matches(value, '(-?)(?:"([^"]*)"?|([^\s"/,;|&+()\[\]{}<>=]+))', 'g') WITH ORDINALITY AS listed (part, place)
        ORDER BY place
    LOOP
        IF lower(item.word COLLATE "C") = 'or' AND NOT item.is_excluded AND NOT item.is_last AND whole IS NOT NULL THEN
            found := coalesce(found || coalesce(required, whole), required, whole);
            whole := NULL;
            required := NULL;
            CONTINUE;
        END IF;
        IF item.phrase IS NULL THEN
            term := search_term(item.word, item.is_last AND NOT item.is_excluded);
        ELSE
            term := NULL;
            FOR item.word IN SELECT regexp_split_to_table(item.phrase, '\s+') LOOP
                term := coalesce(term <-> search_term(item.word, false), term, search_term(item.word, false));
            END LOOP;
        END IF;
        CONTINUE WHEN coalesce(numnode(term), 0) = 0;
        IF item.is_excluded THEN
            term := !! term;
        END IF;
        whole := coalesce(whole && term, term);
        -- A stop word is required in a phrase, or if it is written like an acronym.
        IF item.phrase IS NOT NULL OR item.is_excluded
            OR ts_lexize('english_stem', search_text(item.word, 'name')) <> '{}'
            OR NOT shouted AND item.word ~ '^[A-Z]{2,}$' THEN
            required := coalesce(required && term, term);
        END IF;
    END LOOP;
    RETURN coalesce(found || coalesce(required, whole), found, required, whole);
END $$;
COMMENT ON FUNCTION search_query(text) IS
    'The search terms of a user as a query: words, "phrases", -exclusions, and the operator or. The last word may be the beginning of a word. Stop words are only required in phrases, in capital letters, or if there are no other words.';
