//! Fixed-size matrices of floats and small vectors, with methods and operators.

use std::ops::{Add, Index, IndexMut, Mul, Neg, Sub};

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Vec3 {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

impl Vec3 {
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Vec3 { x, y, z }
    }

    pub fn dot(self, other: Vec3) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub fn cross(&self, other: &Vec3) -> Vec3 {
        Vec3 {
            x: self.y * other.z - self.z * other.y,
            y: self.z * other.x - self.x * other.z,
            z: self.x * other.y - self.y * other.x,
        }
    }

    pub fn length(&self) -> f64 {
        self.dot(*self).sqrt()
    }

    pub fn normalized(&self) -> Option<Vec3> {
        let length = self.length();
        if length > 0.0 {
            Some(Vec3::new(self.x / length, self.y / length, self.z / length))
        } else {
            None
        }
    }

    pub fn scale(&mut self, factor: f64) {
        self.x *= factor;
        self.y *= factor;
        self.z *= factor;
    }
}

impl Add for Vec3 {
    type Output = Vec3;

    fn add(self, other: Vec3) -> Vec3 {
        Vec3::new(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl Sub for Vec3 {
    type Output = Self;

    fn sub(self, other: Self) -> Self::Output {
        Vec3::new(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Neg for Vec3 {
    type Output = Vec3;

    fn neg(self) -> Vec3 {
        Vec3::new(-self.x, -self.y, -self.z)
    }
}

const SIZE: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix {
    rows: [[f64; SIZE]; SIZE],
}

impl Matrix {
    pub fn zero() -> Matrix {
        Matrix { rows: [[0.0; SIZE]; SIZE] }
    }

    pub fn identity() -> Self {
        let mut m = Self::zero();
        for i in 0..SIZE {
            m.rows[i][i] = 1.0;
        }
        m
    }

    pub fn get(&self, row: usize, column: usize) -> Option<f64> {
        self.rows.get(row)?.get(column).copied()
    }

    pub fn set(&mut self, row: usize, column: usize, value: f64) -> bool {
        if row < SIZE && column < SIZE {
            self.rows[row][column] = value;
            return true;
        }
        false
    }

    pub fn transpose(&self) -> Matrix {
        let mut out = Matrix::zero();
        for i in 0..SIZE {
            for j in 0..SIZE {
                out.rows[j][i] = self.rows[i][j];
            }
        }
        out
    }

    pub fn determinant(&self) -> f64 {
        let m = &self.rows;
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    }

    pub fn trace(&self) -> f64 {
        (0..SIZE).map(|i| self.rows[i][i]).sum()
    }

    pub fn apply(&self, v: Vec3) -> Vec3 {
        let r = &self.rows;
        Vec3 {
            x: r[0][0] * v.x + r[0][1] * v.y + r[0][2] * v.z,
            y: r[1][0] * v.x + r[1][1] * v.y + r[1][2] * v.z,
            z: r[2][0] * v.x + r[2][1] * v.y + r[2][2] * v.z,
        }
    }

    pub fn is_symmetric(&self) -> bool {
        (0..SIZE).all(|i| (0..i).all(|j| self.rows[i][j] == self.rows[j][i]))
    }
}

impl Mul for Matrix {
    type Output = Matrix;

    fn mul(self, other: Matrix) -> Matrix {
        let mut out = Matrix::zero();
        for i in 0..SIZE {
            for j in 0..SIZE {
                for k in 0..SIZE {
                    out.rows[i][j] += self.rows[i][k] * other.rows[k][j];
                }
            }
        }
        out
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, at: (usize, usize)) -> &f64 {
        &self.rows[at.0][at.1]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, at: (usize, usize)) -> &mut f64 {
        &mut self.rows[at.0][at.1]
    }
}
