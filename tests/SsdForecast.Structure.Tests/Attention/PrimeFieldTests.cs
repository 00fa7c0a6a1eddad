using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Structure.Tests;

public class PrimeFieldTests
{
    private static readonly Arbitrary<ulong> Residues = Gen.Choose(0, int.MaxValue).Two()
        .Select(p => (((ulong)p.Item1 << 31) | (uint)p.Item2) % PrimeField.Modulus).ToArbitrary();

    [Fact]
    public void Products_differences_and_powers_are_those_of_big_integers() =>
        Prop.ForAll(Residues, Residues, (a, b) =>
        {
            BigInteger p = PrimeField.Modulus;
            Assert.Equal((ulong)(new BigInteger(a) * b % p), PrimeField.Multiply(a, b));
            Assert.Equal((ulong)((p + a - b) % p), PrimeField.Subtract(a, b));
            Assert.Equal((ulong)BigInteger.ModPow(a, b % 1000, p), PrimeField.Power(a, b % 1000));
            if (a != 0) Assert.Equal(1UL, PrimeField.Multiply(a, PrimeField.Inverse(a)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_ends_of_the_range_multiply_right() =>
        Assert.Equal(1UL, PrimeField.Multiply(PrimeField.Modulus - 1, PrimeField.Modulus - 1));

    [Fact]
    public void Rank_is_exact()
    {
        Assert.Equal(2, PrimeField.Rank(new ulong[,] { { 1, 2, 3 }, { 2, 4, 6 }, { 0, 0, 5 } }));
        Assert.Equal(0, PrimeField.Rank(new ulong[2, 3]));
        Assert.Equal(1, PrimeField.Rank(new ulong[,] { { 0, PrimeField.Modulus, 3 } }));
        Assert.Throws<DivideByZeroException>(() => PrimeField.Inverse(PrimeField.Modulus));
    }

    [Fact]
    public void Base_2_has_order_61_and_would_prove_nothing() => Assert.Equal(1UL, PrimeField.Power(2, 61));
}
